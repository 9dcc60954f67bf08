package seventeentrack

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"doorstep/connector"
)

// posted keeps the newest message.
type posted struct {
	header http.Header
	body   []byte
	done   chan struct{}
}

func (p *posted) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	p.header = r.Header.Clone()
	p.body, _ = io.ReadAll(r.Body)
	close(p.done)
}

func (p *posted) await(t *testing.T, a *account) {
	p.done = make(chan struct{})
	a.Tick(t.Context())
	<-p.done
}

func seeds(f *testing.F) {
	for _, s := range []string{
		`{"code":0,"data":{"accepted":[{"number":"A","track_info":{"latest_status":{"status":"Delivered"}}}],"rejected":[]}}`,
		`{"code":0,"data":{"accepted":[null,1,"x",[]],"rejected":[{"number":"A","error":{"code":-18019909}}]}}`,
		`{"code":-18010002,"data":{"errors":[{"code":-18010002,"message":"no"}]}}`,
		`{"event":"TRACKING_UPDATED","data":{"number":"RB1","track_info":{"latest_event":{"time_iso":"2026"},"tracking":{"providers":[{"events":[{"time_utc":"2026-06-27T14:15:00Z","sub_status":"_"}]},{"events":null}]}}}}`,
		`{"event":"TRACKING_STOPPED","data":{"number":"RB1","carrier":2151,"param":null,"tag":""}}`,
		`null`, `[]`, `{}`, ``, `{"data":null}`,
	} {
		f.Add([]byte(s))
	}
}

// FuzzMessage: whatever is signed, nothing panics and no track lacks its number.
func FuzzMessage(f *testing.F) {
	seeds(f)
	c := &client{key: testKey}
	f.Fuzz(func(t *testing.T, body []byte) {
		sum := sha256.Sum256(append(append([]byte{}, body...), "/"+testKey...))
		header := http.Header{}
		header.Set("sign", hex.EncodeToString(sum[:]))
		tracks, key, err := c.Receive(header, body)
		if err == nil && (key == "" || len(tracks) != 1 || tracks[0].Number == "") {
			t.Errorf("%q: %v, %q", body, tracks, key)
		}
		for _, track := range tracks {
			for i, e := range track.Events {
				if e.At.IsZero() || e.Kind == "" || i > 0 && e.At.Before(track.Events[i-1].At) {
					t.Errorf("event %d of %q: %+v", i, body, e)
				}
			}
		}
	})
}

// FuzzAnswer: no answer panics; each is an envelope or an error with a meaning.
func FuzzAnswer(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		env, err := unwrap(connector.Answer{Status: http.StatusOK, Body: body})
		if err != nil {
			return
		}
		if _, err := accepted(env.Data.Accepted); err != nil && connector.OutcomeOf(err) != connector.WasLost {
			t.Errorf("%q: %v", body, err)
		}
		if !json.Valid(body) {
			t.Errorf("%q was taken for an answer", body)
		}
	})
}
