package dashboard_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// spike leaves every place in which a text can stand: attributes, elements that hold text
// only, comments, styles and scripts. What it would make there is easily found.
const spike = `"'></textarea></title></option></style></script>--><xq-7 onfocus=xq()></xq-7><img src=x onerror=xq()><script>xq()</script>{{7*7}}`

// naughty are strings that broke other programs: ours, and the public list where it is there.
func naughty(t *testing.T) []string {
	t.Helper()
	list := []string{spike, `javascript:xq()`, `</script><xq-7>`, `<!--<xq-7>`, "\u202ereversed", "\u2028xq()\u2029", `\u003cxq-7\u003e`, `]]><xq-7>`,
		`=cmd|' /C calc'!A0`, `'; DROP TABLE orders; --`, "\r\nSet-Cookie: xq=1", "../../../../etc/passwd", `%0d%0aX-Xq:1`, `<svg/onload=xq()>`, "a\u0000b"}
	for _, dir := range []string{os.Getenv("DOORSTEP_SHARED"), "../../../../shared"} {
		text, err := os.ReadFile(filepath.Join(dir, "data", "addresses", "naughty", "blns.json"))
		if dir == "" || err != nil {
			continue
		}
		var more []string
		if err := json.Unmarshal(text, &more); err != nil {
			t.Fatal(err)
		}
		return append(list, more...)
	}
	return list
}

// crawler asks for every page that a page leads to.
type crawler struct {
	*testing.T
	base   string
	client *http.Client
	prefix string // only below it
	seen   map[string]bool
	kinds  map[string]int // of address, so that hundreds of the same page are looked at a few times
	wait   []string
	pages  int
}

// mostOfAKind is how many pages of one shape are looked at.
const mostOfAKind = 12

func (c *crawler) add(at *url.URL, link string) {
	to, err := at.Parse(link)
	if err != nil || to.Host != at.Host || c.prefix != "" && !strings.HasPrefix(to.Path, c.prefix) || c.seen[to.RequestURI()] {
		return
	}
	if strings.HasSuffix(to.Path, "/events") || strings.HasSuffix(to.Path, "/live") { // these never end
		return
	}
	c.seen[to.RequestURI()] = true
	parts := strings.Split(to.Path, "/")
	for i, p := range parts {
		if i > 0 && (strings.Contains(p, "_") || parts[i-1] == "products" || parts[i-1] == "collections") {
			parts[i] = "*"
		}
	}
	kind := strings.Join(parts, "/")
	for name := range to.Query() {
		kind += "&" + name
	}
	if c.kinds[kind]++; c.kinds[kind] <= mostOfAKind {
		c.wait = append(c.wait, to.RequestURI())
	}
}

// all looks at everything that can be reached from some addresses.
func (c *crawler) all(from ...string) {
	c.Helper()
	c.seen, c.kinds = map[string]bool{}, map[string]int{}
	base, err := url.Parse(c.base)
	if err != nil {
		c.Fatal(err)
	}
	for _, link := range from {
		c.add(base, link)
	}
	for len(c.wait) > 0 {
		next := c.wait[0]
		c.wait = c.wait[1:]
		c.look(next)
	}
}

func (c *crawler) look(path string) {
	c.Helper()
	r, err := http.NewRequestWithContext(c.Context(), http.MethodGet, c.base+path, nil)
	if err != nil {
		c.Fatal(err)
	}
	answer, err := c.client.Do(r)
	if err != nil {
		c.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		c.Fatal(err)
	}
	c.pages++
	if answer.StatusCode >= http.StatusInternalServerError {
		c.Errorf("%s: %d", path, answer.StatusCode)
	}
	for _, name := range []string{"X-Xq", "Set-Cookie"} {
		if strings.Contains(answer.Header.Get(name), "xq") || name == "X-Xq" && answer.Header.Get(name) != "" {
			c.Errorf("%s: a header was injected: %v", path, answer.Header)
		}
	}
	if answer.Header.Get("X-Content-Type-Options") != "nosniff" {
		c.Errorf("%s: browsers may guess what it is", path)
	}
	kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	switch {
	case kind == "text/html":
		for _, bad := range faultsOfPage(body) {
			c.Errorf("%s: %s", path, bad)
		}
		for _, link := range linksOf(body) {
			c.add(answer.Request.URL, link)
		}
	case strings.HasSuffix(kind, "xml") && kind != "image/svg+xml":
		if err := wellFormed(body); err != nil {
			c.Errorf("%s: %v", path, err)
		}
	}
}

// walk visits every element.
func walk(n *html.Node, visit func(*html.Node)) {
	if n.Type == html.ElementNode {
		visit(n)
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		walk(child, visit)
	}
}

// faultsOfPage are elements and attributes that none of our templates has.
func faultsOfPage(page []byte) (found []string) {
	tree, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	walk(tree, func(n *html.Node) {
		attributes := map[string]string{}
		for _, a := range n.Attr {
			attributes[a.Key] = a.Val
			lower := strings.ToLower(strings.TrimLeft(a.Val, " \t\r\n\x00\x01"))
			switch {
			case strings.HasPrefix(a.Key, "on"):
				found = append(found, fmt.Sprintf("<%s %s=%q>", n.Data, a.Key, a.Val))
			case slices.Contains([]string{"href", "src", "action", "formaction", "xlink:href", "srcset", "data", "poster"}, a.Key) &&
				(strings.HasPrefix(lower, "javascript:") || strings.HasPrefix(lower, "vbscript:") || strings.HasPrefix(lower, "data:text/html")):
				found = append(found, fmt.Sprintf("<%s %s=%q>", n.Data, a.Key, a.Val))
			case a.Key == "srcdoc":
				for _, bad := range faultsOfPage([]byte(a.Val)) {
					found = append(found, "in a frame: "+bad)
				}
			}
		}
		switch n.Data {
		case "xq-7", "object", "embed", "applet", "frame":
			found = append(found, "<"+n.Data+">")
		case "base":
			if attributes["href"] != "" { // the preview of a mail has one that opens links elsewhere
				found = append(found, "<base href>")
			}
		case "img":
			if attributes["src"] == "x" {
				found = append(found, "a picture that somebody typed")
			}
		case "script":
			found = append(found, faultsOfScript(n, attributes)...)
		}
	})
	return found
}

// faultsOfScript wants a script of ours by its address, or data that is JSON.
func faultsOfScript(n *html.Node, attributes map[string]string) []string {
	words := ""
	if n.FirstChild != nil {
		words = n.FirstChild.Data
	}
	switch kind := attributes["type"]; {
	case strings.HasSuffix(kind, "json") || kind == "speculationrules":
		var v any
		if err := json.Unmarshal([]byte(words), &v); err != nil {
			return []string{"a script's data is no JSON: " + err.Error()}
		}
	case strings.TrimSpace(words) != "" || !strings.HasPrefix(attributes["src"], "/assets/"):
		return []string{fmt.Sprintf("<script src=%q>%s", attributes["src"], words)}
	}
	return nil
}

func linksOf(page []byte) (links []string) {
	tree, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil
	}
	walk(tree, func(n *html.Node) {
		for _, a := range n.Attr {
			if a.Key == "href" && (n.Data == "a" || n.Data == "link") || a.Key == "src" && n.Data == "iframe" {
				links = append(links, a.Val)
			}
		}
	})
	return links
}

// wellFormed wants XML of which no element is somebody's words.
func wellFormed(text []byte) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := token.(xml.StartElement); ok && (e.Name.Local == "xq-7" || e.Name.Local == "script") {
			return fmt.Errorf("<%s>", e.Name.Local)
		}
	}
}
