package db_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"doorstep/internal/db"
)

// contraction marks a file that takes something away which the release before still used:
// "-- contract: why". It may only go out one release after nobody uses it any more.
var contraction = regexp.MustCompile(`(?m)^-- contract: \S`)

// raised is how a file that takes something away says who may still run: the lowest version
// whose program does not use it any more.
var raised = regexp.MustCompile(`(?i)\bUPDATE\s+schema_floor\s+SET\s+oldest\s*=\s*\d+`)

// narrowing is what the release before, still running on other nodes, cannot live with.
var narrowing = []struct {
	pattern *regexp.Regexp
	why     string
}{
	{regexp.MustCompile(`(?is)\bDROP\s+(TABLE|VIEW|COLUMN)\b|\bALTER\s+TABLE\s+\S+\s+DROP\s+(COLUMN\b|\w)`), "takes away what it reads"},
	{regexp.MustCompile(`(?is)\bRENAME\b`), "renames what it reads"},
	{regexp.MustCompile(`(?is)\bALTER\s+COLUMN\b`), "changes a column that it writes"},
	{regexp.MustCompile(`(?is)\bALTER\s+TABLE\s+\S+\s+ADD\s+CONSTRAINT\b`), "forbids rows that it may write"},
}

var (
	addColumn   = regexp.MustCompile(`(?is)\bALTER\s+TABLE\s+(\w+)\s+ADD\s+(COLUMN\s+)?[^;]*`)
	uniqueIndex = regexp.MustCompile(`(?is)\bCREATE\s+UNIQUE\s+INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?\w+\s+ON\s+(\w+)`)
	newTable    = regexp.MustCompile(`(?is)\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)`)
	comment     = regexp.MustCompile(`(?m)--.*$`)
)

// narrows names what in a migration the release before cannot run with.
func narrows(text string) (breaches []string) {
	sql, _, _ := strings.Cut(text, "-- +goose Down")
	sql = comment.ReplaceAllString(sql, "")
	contracts, raises := contraction.MatchString(text), raised.MatchString(sql)
	switch {
	case contracts && !raises:
		return []string{"-- contract: it does not say who may still run (UPDATE schema_floor SET oldest = …)"}
	case contracts:
		return nil
	case raises:
		return []string{"it raises schema_floor and takes nothing away"}
	}
	for _, n := range narrowing {
		for _, found := range n.pattern.FindAllString(sql, -1) {
			breaches = append(breaches, found+": "+n.why)
		}
	}
	for _, found := range addColumn.FindAllString(sql, -1) {
		upper := strings.ToUpper(found)
		if strings.Contains(upper, "NOT NULL") && !strings.Contains(upper, "DEFAULT") {
			breaches = append(breaches, found+": it does not write this column")
		}
	}
	fresh := map[string]bool{}
	for _, found := range newTable.FindAllStringSubmatch(sql, -1) {
		fresh[found[1]] = true
	}
	for _, found := range uniqueIndex.FindAllStringSubmatch(sql, -1) {
		if !fresh[found[1]] {
			breaches = append(breaches, found[0]+": it may write rows that are the same")
		}
	}
	return breaches
}

// Nodes are replaced one after the other: for a while the release before runs on the new
// schema. So a migration only adds (expand), and says so where it takes away (contract).
func TestMigrationsOnlyExpand(t *testing.T) {
	t.Parallel()
	files := db.Migrations()
	names, err := fs.Glob(files, "*.sql")
	if err != nil || len(names) < 2 {
		t.Fatal(names, err)
	}
	for _, name := range names[1:] { // before the first there was nothing
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range narrows(string(text)) {
			t.Errorf("%s: %s; expand first, or mark the file -- contract: why", name, b)
		}
	}
}

func TestNarrowingIsSeen(t *testing.T) {
	t.Parallel()
	for text, bad := range map[string]bool{
		"DROP TABLE orders;":                                                                               true,
		"ALTER TABLE orders DROP COLUMN note;":                                                             true,
		"ALTER TABLE orders RENAME COLUMN note TO words;":                                                  true,
		"ALTER TABLE orders RENAME TO sales;":                                                              true,
		"ALTER TABLE orders ADD COLUMN note TEXT NOT NULL;":                                                true,
		"ALTER TABLE orders ALTER COLUMN note SET NOT NULL;":                                               true,
		"CREATE UNIQUE INDEX x ON orders (number);":                                                        true,
		"-- contract: nobody reads it since 0.9\nDROP TABLE orders;":                                       true,
		"-- contract: nobody reads it since 0.9\nDROP TABLE orders;\nUPDATE schema_floor SET oldest = 51;": false,
		"UPDATE schema_floor SET oldest = 51;":                                                             true,
		"ALTER TABLE orders ADD COLUMN note TEXT NOT NULL DEFAULT '';":                                     false,
		"CREATE TABLE x (a TEXT NOT NULL);\nCREATE UNIQUE INDEX y ON x (a);":                               false,
		"DROP INDEX IF EXISTS y;\nCREATE INDEX y ON orders (number);":                                      false,
		"-- what was dropped is renamed\nCREATE INDEX y ON orders (number);":                               false,
		"CREATE INDEX a ON b (c);\n-- +goose Down\nDROP TABLE everything;":                                 false,
	} {
		if got := narrows(text); (len(got) > 0) != bad {
			t.Errorf("%q: %v", text, got)
		}
	}
}
