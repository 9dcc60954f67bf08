package emulator

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"doorstep/connector/emulator"
)

// desk is an account with its HTTP server and a clock.
type desk struct {
	*testing.T
	*Server
	url string
	now atomic.Int64
}

func newDesk(t *testing.T, o Options) *desk {
	d := &desk{T: t}
	d.now.Store(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).Unix())
	o.World = emulator.NewWorld(func() time.Time { return time.Unix(d.now.Load(), 0) }, emulator.Real())
	o.Key = "key"
	d.Server = New(o)
	s := httptest.NewServer(d.Handler())
	t.Cleanup(s.Close)
	d.url = s.URL
	return d
}

func (d *desk) later(by time.Duration) { d.now.Add(int64(by / time.Second)) }

// post sends a body and returns status and answer without spaces.
func (d *desk) post(path, key, body string) (int, string) {
	d.Helper()
	req, err := http.NewRequestWithContext(d.Context(), http.MethodPost, d.url+"/track/v2.4/"+path, strings.NewReader(body))
	if err != nil {
		d.Fatal(err)
	}
	req.Header.Set("17token", key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(raw)
}

func (d *desk) wants(path, body string, words ...string) {
	d.Helper()
	status, answer := d.post(path, "key", body)
	if status != http.StatusOK || !json.Valid([]byte(answer)) {
		d.Errorf("%s %s: %d %s", path, body, status, answer)
	}
	for _, w := range words {
		if !strings.Contains(answer, w) {
			d.Errorf("%s %s lacks %s: %s", path, body, w, answer)
		}
	}
}

const one = `[{"number":"RB123456785CN"}]`

func TestGate(t *testing.T) {
	t.Parallel()
	d := newDesk(t, Options{QPS: 3})
	if status, answer := d.post("register", "wrong", one); status != http.StatusUnauthorized || !strings.Contains(answer, "-18010002") {
		t.Errorf("wrong key: %d %s", status, answer)
	}
	for i := range 4 {
		status, _ := d.post("getquota", "key", "[]")
		if want := map[bool]int{true: http.StatusOK, false: http.StatusTooManyRequests}[i < 3]; status != want {
			t.Errorf("call %d: %d", i, status)
		}
	}
	d.later(time.Second)
	d.wants("getquota", "[]", `"quota_total":100000`)
	d.wants("register", "{", `-18010013`)
	d.wants("register", "[]", `-18010010`)
	d.later(time.Second)
	d.wants("register", "["+strings.Repeat(`{"number":"RB123456785CN"},`, 40)+`{"number":"A"}]`, "-18010014")
}

// TestLifeOfARegistration walks through every call that changes one.
func TestLifeOfARegistration(t *testing.T) {
	t.Parallel()
	d := newDesk(t, Options{Quota: 2, Daily: 1})
	d.wants("gettrackinfo", one, "-18019902")
	d.wants("register", one, `"accepted":[{`, `"carrier":3011`, `"origin":2`)
	d.wants("register", one, "-18019901")
	d.wants("register", `[{"number":"LP00675700340000"}]`, "-18019907")
	d.later(24 * time.Hour)
	d.wants("register", `[{"number":"1Z5R89390357567127","carrier":100002,"order_no":"7"}]`, `"origin":1`)
	d.later(24 * time.Hour)
	d.wants("register", `[{"number":"LP00675700340000"}]`, "-18019908")
	d.wants("getquota", "[]", `"quota_used":2`, `"quota_remain":0`)
	d.wants("gettrackinfo", one, `"status":"NotFound"`)
	d.wants("gettrackinfo", `[{"number":"RB123456785CN","carrier":1}]`, "-18019902")

	d.wants("retrack", one, "-18019904")
	d.wants("stoptrack", one, `"accepted":[{`)
	d.wants("stoptrack", one, "-18019906")
	d.wants("gettracklist", `{"tracking_status":"Stopped"}`, `"data_total":1`, `"stop_track_reason":"ByRequest"`)
	d.wants("changecarrier", `[{"number":"RB123456785CN","carrier_old":3011,"carrier_new":1}]`, "-18019806")
	d.wants("retrack", one, `"accepted":[{`)
	d.wants("stoptrack", one, `"accepted":[{`)
	d.wants("retrack", one, "-18019905")

	const ups = `[{"number":"1Z5R89390357567127","carrier_old":%,"carrier_new":#}]`
	change := func(from, to string) string { return strings.NewReplacer("%", from, "#", to).Replace(ups) }
	d.wants("changecarrier", change("1", "2"), "-18019805")
	d.wants("changecarrier", change("100002", "0"), "-18019804")
	d.wants("changecarrier", change("100002", "100002"), "-18019803")
	d.wants("changecarrier", change("100002", "100001"), `"carrier":100001`)
	d.wants("changeinfo", `[{"number":"1Z5R89390357567127","tag":"vip"}]`, `"accepted":[{`)
	d.wants("gettracklist", `{"number":"1Z5R89390357567127"}`, `"tag":"vip"`, `"order_no":"7"`, `"page_no":1`)
	d.wants("push", `[{"number":"1Z5R89390357567127"}]`, "-18010204")
	d.wants("deletetrack", `[{"number":"1Z5R89390357567127"}]`, `"accepted":[{`)
	d.wants("gettracklist", `{}`, `"data_total":1`)
	if books := d.Books(); len(books) != 1 || books[0].Asked != 2 || !books[0].Stopped || d.Credits() != 2 {
		t.Errorf("books = %+v, %d credits", books, d.Credits())
	}
}

// TestMessagesOnce: a scan is told once, however often it is looked for.
func TestMessagesOnce(t *testing.T) {
	t.Parallel()
	var came atomic.Int64
	inbox := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came.Add(1) }))
	t.Cleanup(inbox.Close)
	hooks := &emulator.Hooks{}
	d := newDesk(t, Options{Hooks: hooks, Callback: inbox.URL})
	d.wants("register", one, "accepted")
	d.wants("push", one, "-18019909")
	d.o.World.Send(emulator.Parcel{Number: "RB123456785CN", From: "CN", To: "DE", Label: d.o.World.Now()})
	for i, want := range []int64{1, 1, 2, 2} {
		if i == 2 {
			d.later(12 * time.Hour)
		}
		d.Tick(t.Context())
		hooks.Wait()
		if came.Load() != want {
			t.Errorf("after look %d: %d messages, want %d", i, came.Load(), want)
		}
	}
	d.wants("push", one, `"accepted":[{`)
	hooks.Wait()
	if came.Load() != 3 || d.Books()[0].Pushes != 3 {
		t.Errorf("%d messages, books say %d", came.Load(), d.Books()[0].Pushes)
	}
}
