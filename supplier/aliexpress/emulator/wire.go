package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// list is a list with the name of the key that wraps it.
type list struct {
	name  string
	items []any
}

// fields is an object.
type fields map[string]any

// admit reads and checks the signed parameters of a call. path is signed in front of them
// for system calls.
func (s *Server) admit(r *http.Request, path string) (map[string]string, *failure) {
	if err := r.ParseForm(); err != nil {
		return nil, &failure{code: "InvalidParameter", words: "the parameters cannot be read"}
	}
	params := map[string]string{}
	for name, values := range r.Form {
		params[name] = values[0]
	}
	for _, name := range []string{"app_key", "timestamp", "sign_method", "sign"} {
		if params[name] == "" {
			return nil, &failure{code: "MissingParameter", words: "The input parameter \"" + name + "\" that is mandatory for processing this request is not supplied"}
		}
	}
	if path == "" && params["method"] == "" {
		return nil, &failure{code: "MissingParameter", words: "method is missing"}
	}
	if params["app_key"] != s.o.AppKey {
		return nil, &failure{code: "InvalidAppKey", words: "The specified App Key is invalid"}
	}
	at, err := moment(params["timestamp"])
	if off := s.o.World.Now().Sub(at).Abs(); err != nil || off > 7200*time.Second {
		return nil, &failure{code: "IllegalTimestamp", words: "The specified timestamp is invalid or expired"}
	}
	if params["sign_method"] != "sha256" || !s.signed(path, params) {
		return nil, &failure{code: "IncompleteSignature", words: "The request signature does not conform to platform standards"}
	}
	return params, nil
}

func moment(text string) (time.Time, error) {
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.UnixMilli(ms), nil
	}
	return time.Parse("2006-01-02 15:04:05", text)
}

// signed recomputes the signature.
func (s *Server) signed(path string, params map[string]string) bool {
	var text strings.Builder
	text.WriteString(path)
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if name != "sign" {
			text.WriteString(name + params[name])
		}
	}
	mac := hmac.New(sha256.New, []byte(s.o.AppSecret))
	_, _ = io.WriteString(mac, text.String())
	return hmac.Equal([]byte(strings.ToUpper(hex.EncodeToString(mac.Sum(nil)))), []byte(params["sign"]))
}

// refuse sends a gateway error. The HTTP status is 200 as ever.
func (s *Server) refuse(w http.ResponseWriter, f failure) {
	e := fields{"type": "ISV", "code": f.code, "request_id": s.requestID()}
	if f.sub != "" {
		e["sub_code"], e["sub_msg"] = f.sub, f.words
	}
	if s.shape() == Simple {
		e["message"] = f.words
		send(w, e)
		return
	}
	e["msg"] = f.words
	send(w, fields{"error_response": e})
}

// answer sends a method's answer in the server's shape.
func (s *Server) answer(w http.ResponseWriter, method string, body any, simplify bool) {
	shape := s.shape()
	if shape == Simple || simplify {
		out, _ := render(body, Simple).(map[string]any)
		out["request_id"] = s.requestID()
		send(w, out)
		return
	}
	out, _ := render(body, shape).(map[string]any)
	out["request_id"] = s.requestID()
	send(w, fields{strings.ReplaceAll(method, ".", "_") + "_response": out})
}

func (s *Server) shape() Shape {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.o.Shape
}

// render puts an answer into a shape.
func render(v any, shape Shape) any {
	switch v := v.(type) {
	case fields:
		out := map[string]any{}
		for name, inner := range v {
			out[name] = render(inner, shape)
		}
		return out
	case list:
		items := []any{}
		for _, inner := range v.items {
			items = append(items, render(inner, shape))
		}
		switch {
		case shape == Simple:
			return items
		case shape == Loose && len(items) == 1:
			return map[string]any{v.name: items[0]}
		}
		return map[string]any{v.name: items}
	case int64, int:
		if shape == Loose {
			return fmt.Sprint(v)
		}
	case bool:
		if shape == Loose {
			return strconv.FormatBool(v)
		}
	}
	return v
}

func send(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(v)
}
