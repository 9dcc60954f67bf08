package doorstep_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"doorstep"
	"doorstep/connector"
	"doorstep/e2e/stage"
	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/demo"
	"doorstep/internal/flow"
	"doorstep/internal/sample"
	"doorstep/internal/seal"
	"doorstep/internal/web/gallery"
	"doorstep/money"
)

// exhibition is a small shop with its gallery, and its owner's session.
func exhibition(t *testing.T) (*doorstep.Program, *http.Cookie) {
	t.Helper()
	ctx, file := t.Context(), filepath.Join(t.TempDir(), "shop.db")
	p, err := doorstep.New(ctx, doorstep.Config{Database: file, Key: seal.Source{Database: file}, Drivers: demo.Drivers(), Currency: money.Currency(sample.Currency), Gallery: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	_, err = p.Connect(ctx, connector.Payment, "manual", "bank", map[string]string{"instructions": "To the account of the shop."}, doorstep.Supplying{})
	if err != nil {
		t.Fatal(err)
	}
	pottery, err := stage.AddPottery(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	for name, paid := range map[string]bool{"Nora Whitfield": true, "ليلى درويش": false} {
		if _, err := pottery.Order(ctx, p, name, 2, paid); err != nil {
			t.Fatal(err)
		}
	}
	cookie := &http.Cookie{Name: "doorstep_admin", Path: "/admin"}
	err = p.DB.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		owner, err := account.AddStaff(ctx, tx, p.Store.StoreID, "robin@shop.example", "Robin", account.Owner, "no hash")
		if err == nil {
			cookie.Value, err = flow.SignIn(ctx, tx, owner, "a browser", "192.0.2.1")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p, cookie
}

// The program with its gallery does not even start while a page with a parameter is unknown to it;
// here every address that it gives is asked for.
func TestNoPageIsMissingFromTheGallery(t *testing.T) {
	t.Parallel()
	p, cookie := exhibition(t)
	ask := func(path string) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil)
		r.AddCookie(cookie)
		p.Handler().ServeHTTP(w, r)
		return w
	}
	var list struct{ Pages []gallery.Page }
	if err := json.Unmarshal(ask(gallery.ListPath).Body.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	seen, shown := map[string]bool{}, 0
	for _, page := range list.Pages {
		if name := page.Door + page.Name; seen[name] {
			t.Errorf("%s is the name of two pages", name)
		} else {
			seen[name] = true
		}
		if page.Path == "" {
			continue
		}
		shown++
		answer := ask(page.Path)
		if stale := strings.Contains(page.Path, "stale") || strings.Contains(page.Path, "nothing-here"); answer.Code >= 400 && !stale {
			t.Errorf("%s %s: %s answers %d", page.Route, page.State, page.Path, answer.Code)
		}
		if h := answer.Header(); !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'self'") || h.Get("X-Frame-Options") != "SAMEORIGIN" {
			t.Errorf("%s cannot be shown in a frame: %v", page.Path, h)
		}
	}
	if shown < 80 {
		t.Errorf("%d pages only", shown)
	}
	for _, side := range []string{gallery.Storefront, gallery.Dashboard, "mails"} {
		body := ask("/admin/gallery?side=" + side).Body.String()
		if frames := strings.Count(body, `loading="lazy"`); frames < 40 || regexp.MustCompile(`<iframe[^>]*allow-(scripts|forms)`).MatchString(body) {
			t.Errorf("%s: %d frames, or lively ones", side, frames)
		}
	}
}

func TestTheGalleryIsForOwnersAndNotInProduction(t *testing.T) {
	t.Parallel()
	shown, _ := exhibition(t)
	hidden := open(t, filepath.Join(t.TempDir(), "shop.db"))
	for path, want := range map[string][2]int{gallery.ListPath: {303, 303}, "/admin/gallery": {303, 303}, "/dev/gallery": {200, 404}} {
		for i, p := range []*doorstep.Program{shown, hidden} {
			w := httptest.NewRecorder()
			p.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code != want[i] {
				t.Errorf("%s answers %d, not %d", path, w.Code, want[i])
			}
			if at := w.Header().Get("Location"); i == 0 && w.Code == 303 && !strings.HasPrefix(at, "/admin/sign-in?next=") {
				t.Errorf("%s leads to %s", path, at)
			}
			if framed := w.Header().Get("X-Frame-Options") == "SAMEORIGIN"; framed != (i == 0) {
				t.Errorf("%s: %v", path, w.Header())
			}
		}
	}
}
