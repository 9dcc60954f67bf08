package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed assets
var kit embed.FS

// AssetPrefix is where assets are served.
const AssetPrefix = "/assets/"

// Assets are the files that pages refer to. Their addresses contain a hash of their
// content, so that browsers keep them for ever and never have a stale one.
type Assets struct {
	urls  map[string]string // "app.css" to "/assets/app.1f6f54ab.css"
	files map[string]asset  // by the address
}

type asset struct {
	kind   string
	body   []byte
	zipped []byte // nil where it does not pay
}

// NewAssets is the kit's files together with a door's own (nil: none): all css/*.css become
// app.css and all js/*.js become app.js, the kit's first; other files keep their names.
func NewAssets(own fs.FS) (*Assets, error) {
	ours, err := fs.Sub(kit, "assets")
	if err != nil {
		return nil, err
	}
	a := &Assets{urls: map[string]string{}, files: map[string]asset{}}
	var css, js bytes.Buffer
	for _, from := range []fs.FS{ours, own} {
		if from == nil {
			continue
		}
		if err := a.collect(from, &css, &js); err != nil {
			return nil, fmt.Errorf("assets: %w", err)
		}
	}
	a.add("app.css", a.linked(tighter(css.Bytes())))
	a.add("app.js", js.Bytes())
	return a, a.glue(ours)
}

// htmxCore is the script that pages name; htmxLive is its part for live pages.
const (
	htmxCore = "vendor/htmx-4.0.1.min.js"
	htmxLive = "vendor/htmx-sse-4.0.1.min.js"
)

// glue puts htmx's part for live pages into the same file. As two files they race: htmx
// starts as soon as the browser breathes, and where that is before the second file has come,
// nobody looks at the live parts of the page, and they stay as they are.
func (a *Assets) glue(ours fs.FS) error {
	var both bytes.Buffer
	for _, name := range []string{htmxCore, htmxLive} {
		body, err := fs.ReadFile(ours, name)
		if err != nil {
			return fmt.Errorf("assets: %w", err)
		}
		both.Write(body)
		both.WriteString(";\n")
	}
	delete(a.files, a.urls[htmxCore])
	a.add(htmxCore, both.Bytes())
	return nil
}

// collect adds the files of one tree. Names are walked in order, so that styles cascade as
// they are numbered.
func (a *Assets) collect(from fs.FS, css, js *bytes.Buffer) error {
	return fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		switch {
		case path.Dir(name) == "css":
			css.Write(body)
		case path.Dir(name) == "js":
			js.Write(body)
		default:
			a.add(name, body)
		}
		return nil
	})
}

func (a *Assets) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	url := AssetPrefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
	kind := mime.TypeByExtension(ext)
	switch ext {
	case ".woff2":
		kind = "font/woff2"
	case ".js":
		kind = "text/javascript; charset=utf-8"
	case ".css":
		kind = "text/css; charset=utf-8"
	case "", ".htmx", ".lucide", ".figtree":
		kind = "text/plain; charset=utf-8"
	}
	a.urls[name] = url
	a.files[url] = asset{kind: kind, body: body, zipped: zipped(kind, body)}
}

// URL is the address of a file by its name; the name itself where there is none, so that
// the mistake shows.
func (a *Assets) URL(name string) string {
	if url, ok := a.urls[name]; ok {
		return url
	}
	return AssetPrefix + name
}

// Names lists the files.
func (a *Assets) Names() []string {
	names := make([]string, 0, len(a.urls))
	for name := range a.urls {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// ServeHTTP answers with a file; a name whose hash is not the present one is not found.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	body := f.body
	if f.zipped != nil {
		h.Add("Vary", "Accept-Encoding")
		if takesGzip(r) {
			h.Set("Content-Encoding", "gzip")
			body = f.zipped
		}
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the browser went away
	}
}

var assetRef = regexp.MustCompile(`asset\(([^)]+)\)`)

// linked replaces asset(name) in a style sheet by url(its address).
func (a *Assets) linked(css []byte) []byte {
	return assetRef.ReplaceAllFunc(css, func(ref []byte) []byte {
		name := string(assetRef.FindSubmatch(ref)[1])
		return []byte("url(" + a.URL(name) + ")")
	})
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssSpace   = regexp.MustCompile(`\s+`)
	cssAround  = regexp.MustCompile(`\s*([{};,>])\s*`)
)

// tighter is a style sheet without comments and needless white space. It knows no strings:
// ours hold neither runs of spaces nor comments.
func tighter(css []byte) []byte {
	css = cssComment.ReplaceAll(css, nil)
	css = cssSpace.ReplaceAll(css, []byte(" "))
	css = cssAround.ReplaceAll(css, []byte("$1"))
	return bytes.TrimSpace(bytes.ReplaceAll(css, []byte(";}"), []byte("}")))
}

func zipped(kind string, body []byte) []byte {
	if !strings.HasPrefix(kind, "text/") && !strings.Contains(kind, "svg") {
		return nil
	}
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is a valid one
	_, _ = z.Write(body)
	_ = z.Close() // a buffer takes everything
	if out.Len() >= len(body) {
		return nil
	}
	return out.Bytes()
}
