//go:build unix

package crash

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// caller talks to the program's API by way of the front.
type caller struct {
	http  *http.Client
	base  string // "http://host:port/api/v1"
	token string // of a cart, an order or a key
}

// refusal is an answer that is no success.
type refusal struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// Error is the code and the words.
func (r *refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.Status, r.Code, r.Detail) }

// running says that a request with the same key is, or was when its process died, under way.
func running(err error) bool {
	var r *refusal
	return errors.As(err, &r) && r.Code == "idempotency_in_progress"
}

// passing says whether the same request may work later: nobody answered, or not now.
func passing(err error) bool {
	var r *refusal
	return !errors.As(err, &r) || r.Status >= 500 || r.Status == http.StatusTooManyRequests || running(err)
}

// endurance is how long somebody goes on trying.
const endurance = 4 * time.Minute

// do makes a request under a key, again under the same one while the trouble passes. Who loses
// patience with a request that seems to run (again is set) comes with a new key after a while:
// somebody who presses the button once more.
func (c caller) do(ctx context.Context, method, path string, in, out any, again bool) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	key, began := rand.Text(), time.Now()
	for pressed := began; ; {
		err := c.once(ctx, method, path, key, body, out)
		if err == nil || ctx.Err() != nil || !passing(err) || time.Since(began) > endurance {
			return err
		}
		if again && running(err) && time.Since(pressed) > 2*time.Second {
			key, pressed = rand.Text(), time.Now()
		}
		if err := pause(ctx, 150*time.Millisecond); err != nil {
			return err
		}
	}
}

func (c caller) once(ctx context.Context, method, path, key string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if method == http.MethodGet {
		req.Body, req.ContentLength = nil, 0
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPost {
		req.Header.Set("Idempotency-Key", key)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		r := &refusal{}
		_ = json.Unmarshal(answer, r) // what is no problem document is told as it came
		r.Status = res.StatusCode
		return r
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}
