package doorstep_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// One SQL text runs on SQLite and PostgreSQL. These are the words that only one of them
// knows, or that they take for different things.
var bannedSQL = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`::`), "write CAST(x AS type)"},
	{regexp.MustCompile(`(?i)\bnow\s*\(|\bcurrent_(time|date|timestamp)\b|\b(datetime|strftime|julianday)\s*\(`), "pass the time from Go"},
	{regexp.MustCompile(`(?i)\binterval\b`), "count in microseconds"},
	{regexp.MustCompile(`(?i)\bilike\b|\bsimilar\s+to\b|~\*|\bglob\b`), "use lower(x) LIKE lower(y)"},
	{regexp.MustCompile(`->|#>|\bjsonb?_\w+\s*\(`), "shared SQL never looks into JSON"},
	{regexp.MustCompile(`(?i)\b(big|small)?serial\b|\bautoincrement\b|\bnextval\b|\bsequence\b|\bidentity\b`), "make ids in Go"},
	{regexp.MustCompile(`(?i)\barray\b|\bunnest\b|\bany\s*\(|\w\[\]`), "arrays are PostgreSQL's; use a table, or IN with one place each"},
	{regexp.MustCompile(`(?i)\btrigger\b|\bnotify\b|\blisten\b|\bcreate\s+(or\s+replace\s+)?function\b|\bdo\s+\$\$`), "what follows from what is in flow"},
	{regexp.MustCompile(`(?i)\b(timestamptz?|date|time)\s+(not\s+null|null|,)|\b(json|jsonb|uuid|bytea|blob|numeric|decimal|real|float|varchar|char|int|integer|smallint|int[248])\b`), "types are TEXT, BIGINT, BOOLEAN and DOUBLE PRECISION"},
	{regexp.MustCompile(`(?is)\bas\s*\(\s*(insert|update|delete)\b`), "writing CTEs are PostgreSQL's"},
	{regexp.MustCompile(`(?i)\b(greatest|least|ifnull|iif|nvl|group_concat|string_agg|array_agg|random|gen_random_uuid)\s*\(`), "not known to both: decide in Go, or use CASE and COALESCE"},
	{regexp.MustCompile(`(?i)\bwithout\s+rowid\b|\binsert\s+or\s+(replace|ignore)\b|\breplace\s+into\b|\bpragma\b|\btruncate\b`), "only one of them knows it; upsert with ON CONFLICT"},
	{regexp.MustCompile(`(?i)\w*(amount|price|cost|minor|total|fee|tax)\w*\s+double\s+precision`), "money is BIGINT minor units"},
	{regexp.MustCompile(`(?i)\$\d+\s*=\s*''\s+or\b`), "one query per list mode: this OR costs the index"},
}

// Tables whose key need not begin with store_id: they are not a store's, or are read
// before the store is known.
var globalTables = []string{"stores", "jobs", "sessions", "schema_floor"}

// TestSharedSQL holds every migration, every store.sql and the hand-written SQL of report
// and job to the common subset.
func TestSharedSQL(t *testing.T) {
	t.Parallel()
	for name, text := range sqlTexts(t) {
		for _, b := range lintSQL(text) {
			t.Errorf("%s: %s", name, b)
		}
	}
}

// TestKeysBeginWithStore is law 10.
func TestKeysBeginWithStore(t *testing.T) {
	t.Parallel()
	for name, text := range sqlTexts(t) {
		for _, b := range lintKeys(text) {
			t.Errorf("%s: %s", name, b)
		}
	}
}

func sqlTexts(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, name := range ourFiles(t) {
		if filepath.Base(name) == "store.sql" || strings.HasSuffix(name, ".sql") && strings.Contains(name, "/migrations/") {
			texts[name] = readFile(t, name)
		}
	}
	handWritten := func(f *source) bool {
		return !f.test && !f.generated && within(f.pack.path, []string{"internal/report", "internal/job"}) != ""
	}
	for _, f := range readTree(t).files(handWritten) {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			if text, err := strconv.Unquote(lit.Value); err == nil && sqlText.MatchString(text) {
				texts[fmt.Sprintf("%s:%d", f.path, f.fset.Position(lit.Pos()).Line)] = text
			}
			return true
		})
	}
	return texts
}

var (
	sqlComment = regexp.MustCompile(`--[^\n]*|(?s:/\*.*?\*/)`)
	sqlLiteral = regexp.MustCompile(`'(?:[^']|'')*'`)
	sqlcCall   = regexp.MustCompile(`sqlc\.\w+`)
)

// bare is text without comments and without the words inside literals; lines stay.
func bare(text string) string {
	keepLines := func(s string) string { return strings.Repeat("\n", strings.Count(s, "\n")) }
	text = sqlComment.ReplaceAllStringFunc(text, keepLines)
	text = sqlLiteral.ReplaceAllStringFunc(text, func(s string) string {
		if s == "''" {
			return s // a rule looks for it
		}
		return "'x'"
	})
	return sqlcCall.ReplaceAllString(text, "")
}

func lintSQL(text string) []string {
	var breaches []string
	text = bare(text)
	for _, rule := range bannedSQL {
		for _, at := range rule.pattern.FindAllStringIndex(text, -1) {
			line := 1 + strings.Count(text[:at[0]], "\n")
			breaches = append(breaches, fmt.Sprintf("line %d: %q: %s", line, text[at[0]:at[1]], rule.instead))
		}
	}
	return breaches
}

var (
	createTable = regexp.MustCompile(`(?is)\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?"?(\w+)"?\s*\((.*?)\)\s*;`)
	keyOfTable  = regexp.MustCompile(`(?i)primary\s+key\s*\(\s*"?(\w+)`)
)

func lintKeys(text string) []string {
	var breaches []string
	for _, m := range createTable.FindAllStringSubmatch(bare(text), -1) {
		table, body := m[1], m[2]
		if slices.Contains(globalTables, table) || strings.HasPrefix(table, "goose") {
			continue
		}
		key := keyOfTable.FindStringSubmatch(body)
		if len(key) < 2 || key[1] != "store_id" {
			breaches = append(breaches, table+": the primary key does not begin with store_id")
		}
	}
	return breaches
}

// --- what must not be in any file

var (
	workplace  = regexp.MustCompile(`(^|[\s"'` + "`" + `=(:])/(wo` + `rk|home/\w+|Users/\w+|root)/`)
	anyURL     = regexp.MustCompile(`https?://[^\s"'<>)\\` + "`" + `]+`)
	registry   = regexp.MustCompile(`(?i)artifactory|nexus|registry|goproxy|proxy|mirror|pypi|npm`)
	privateEnd = regexp.MustCompile(`\.(internal|corp|lan|intranet)$`)
	// Names that mean the same everywhere.
	publicHosts = []string{"registry.example", "registry.example.com", "metadata.google.internal", "host.docker.internal", "metadata.internal"}
)

func TestFilesNameNoPrivatePlace(t *testing.T) {
	t.Parallel()
	for _, name := range ourFiles(t) {
		text := readFile(t, name)
		if strings.ContainsRune(text, 0) {
			continue // a picture or a font
		}
		for _, b := range privatePlaces(text) {
			t.Errorf("%s: %s", name, b)
		}
	}
}

func privatePlaces(text string) []string {
	var breaches []string
	for _, found := range workplace.FindAllString(text, -1) {
		breaches = append(breaches, fmt.Sprintf("%q is a path of one machine", found))
	}
	for _, found := range anyURL.FindAllString(text, -1) {
		u, err := url.Parse(found)
		if err != nil || slices.Contains(publicHosts, u.Hostname()) {
			continue
		}
		if registry.MatchString(u.Hostname()) || privateEnd.MatchString(u.Hostname()) {
			breaches = append(breaches, u.Hostname()+" is not a host that everybody reaches")
		}
	}
	return breaches
}

// ourFiles lists what is ours below the root: no hidden folders but .ci and .github, no
// built or downloaded things.
func ourFiles(t *testing.T) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() {
			hidden := strings.HasPrefix(base, ".") && !slices.Contains([]string{".", ".ci", ".github"}, base)
			if hidden || slices.Contains([]string{"bin", "node_modules", "screenshots"}, base) {
				return filepath.SkipDir
			}
			return nil
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() > 2<<20 {
			return err
		}
		list = append(list, filepath.ToSlash(name))
		return nil
	})
	if err != nil && !os.IsNotExist(err) { // a test beside us may remove its own
		t.Fatal(err)
	}
	return list
}
