package emulator

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// call is one authenticated request.
type call struct {
	method, path, id string
	host             string // scheme and host that the caller used
	form             params
	file             []byte // of an upload
	now              time.Time
	request          string // the name of this request
}

// action answers a call; s.mu is held while it runs.
type action func(call) (object, *fault)

// answer is a response ready to be sent, and sent again for a repeated key.
type answer struct {
	status int
	body   []byte
}

// keyed is what an idempotency key remembers.
type keyed struct {
	print   string // of method, path and parameters
	at      time.Time
	done    bool
	answer  answer
	request string
}

// breakage makes one request fail inside, so that its key remembers the failure.
type breakage struct {
	match string
	acted bool
}

// Break makes the next POST whose path contains match answer 500 from inside, after
// acting or without having acted. Unlike the knobs, the answer is stored under the
// request's idempotency key, as Stripe documents, and comes again for a day.
func (s *Server) Break(match string, acted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = append(s.broken, breakage{match, acted})
}

func (s *Server) serve(act action) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := call{method: r.Method, path: r.URL.Path, id: r.PathValue("id"), now: s.o.World.Now(), request: "req_" + letters(14)}
		c.host = s.o.PublicURL
		if c.host == "" {
			c.host = "http://" + r.Host
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Request-Id", c.request)
		w.Header().Set("Stripe-Version", Version)
		if f := s.admit(r); f != nil {
			send(w, f.answer(c))
			return
		}
		if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
			s.upload(w, r, c, act)
			return
		}
		raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if r.Method == http.MethodGet {
			raw = []byte(r.URL.RawQuery)
		}
		values, bad := url.ParseQuery(string(raw))
		if err != nil || bad != nil {
			send(w, (&fault{status: 400, kind: invalidRequest, message: "Invalid request: unable to parse the parameters."}).answer(c))
			return
		}
		c.form = params(values)
		key := r.Header.Get("Idempotency-Key")
		if r.Method != http.MethodPost || key == "" {
			out, _ := s.run(c, act)
			send(w, out)
			return
		}
		w.Header().Set("Idempotency-Key", key)
		s.once(w, c, act, key)
	}
}

// once runs the action under an idempotency key, or gives the stored answer.
func (s *Server) once(w http.ResponseWriter, c call, act action, key string) {
	sum := sha256.Sum256([]byte(c.method + " " + c.path + "\n" + url.Values(c.form).Encode()))
	entry, f := s.claim(key, hex.EncodeToString(sum[:]), c)
	if f != nil {
		send(w, f.answer(c))
		return
	}
	if entry.done {
		w.Header().Set("Idempotent-Replayed", "true")
		w.Header().Set("Original-Request", entry.request)
		send(w, entry.answer)
		return
	}
	out, began := s.run(c, act)
	s.keysMu.Lock()
	if began {
		entry.answer, entry.done = out, true
	} else {
		delete(s.keys, key) // refused at the door: nothing is stored
	}
	s.keysMu.Unlock()
	send(w, out)
}

// claim finds or makes the entry of a key. The returned copy is safe to read; a new
// entry is the stored one itself.
func (s *Server) claim(key, print string, c call) (*keyed, *fault) {
	if len(key) > 255 {
		return nil, &fault{status: 400, kind: invalidRequest, message: "Idempotency-Key must be at most 255 characters long."}
	}
	s.keysMu.Lock()
	defer s.keysMu.Unlock()
	old := s.keys[key]
	switch {
	case old == nil || old.done && c.now.Sub(old.at) >= keyLife:
		fresh := &keyed{print: print, at: c.now, request: c.request}
		s.keys[key] = fresh
		return fresh, nil
	case old.print != print:
		return nil, &fault{status: 400, kind: "idempotency_error", message: "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '" + key + "' if you meant to execute a different request."}
	case !old.done:
		return nil, &fault{status: 409, kind: "idempotency_error", code: "idempotency_key_in_use", message: "There is currently another in-progress request using this Idempotency-Key. Please try again later."}
	}
	stored := *old
	return &stored, nil
}

// run lets time act and then the action. began says whether the endpoint began to
// execute: only then a key remembers the answer.
func (s *Server) run(c call, act action) (out answer, began bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.age()
	broken := s.breaks(c)
	if broken != nil && !broken.acted {
		return inside().answer(c), true
	}
	result, f := act(c)
	if broken != nil {
		return inside().answer(c), true
	}
	if f == nil {
		f = s.expand(result, c.form["expand[]"], c.form.indexed("expand"))
	}
	if f != nil {
		return f.answer(c), !f.door
	}
	return answer{200, encode(result)}, true
}

func (s *Server) breaks(c call) *breakage {
	for i, b := range s.broken {
		if c.method == http.MethodPost && strings.Contains(c.path, b.match) {
			s.broken = append(s.broken[:i:i], s.broken[i+1:]...)
			return &b
		}
	}
	return nil
}

// admit checks the secret key, given as bearer or as the name of basic authentication.
func (s *Server) admit(r *http.Request) *fault {
	given, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if name, _, basic := r.BasicAuth(); basic {
		given, bearer = name, true
	}
	if !bearer || given == "" {
		return &fault{status: 401, kind: invalidRequest, door: true, message: "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."}
	}
	if subtle.ConstantTimeCompare([]byte(given), []byte(s.o.SecretKey)) == 1 {
		return nil
	}
	return &fault{status: 401, kind: invalidRequest, door: true, message: "Invalid API Key provided: " + mask(given)}
}

func mask(key string) string {
	if len(key) <= 12 {
		return "****"
	}
	return key[:8] + strings.Repeat("*", len(key)-12) + key[len(key)-4:]
}

func send(w http.ResponseWriter, a answer) {
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// letters is n random letters and digits for a name.
func letters(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw)
	text := base64.RawURLEncoding.EncodeToString(raw)
	return strings.NewReplacer("-", "x", "_", "y").Replace(text)[:n]
}

func newName(prefix string) string { return fmt.Sprintf("%s_%s", prefix, letters(24)) }
