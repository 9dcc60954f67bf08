package dashboard

import (
	"net/url"
	"strings"
	"testing"
)

// FuzzLocalPath: where a form wants to go on to is a page of the dashboard, never another site.
func FuzzLocalPath(f *testing.F) {
	for _, seed := range []string{"/admin/orders?q=1", "//evil.example", "/\\evil.example", "/admin//evil.example", "/admin/../..", "javascript:x", "/admin\r\nX:1", "https://evil.example/admin/", "/admin\t", "/admin?next=//x"} {
		f.Add(seed)
	}
	base, err := url.Parse("https://shop.example/admin/x")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path string) {
		got := localPath(path, "/admin")
		to, err := base.Parse(got)
		if err != nil {
			return // the browser will not follow it either
		}
		if to.Host != base.Host || to.Scheme != "https" || strings.ContainsAny(got, "\r\n\\") {
			t.Errorf("%q leads to %s", path, to)
		}
	})
}
