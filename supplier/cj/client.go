package cj

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"doorstep/connector"
)

// envelope is around every answer. Some calls leave result out and say success instead.
type envelope struct {
	Code    text            `json:"code"`
	Result  *text           `json:"result"`
	Success *text           `json:"success"`
	Message text            `json:"message"`
	Data    json.RawMessage `json:"data"`
}

// good says that the call succeeded: code 200 and nothing against it.
func (e envelope) good() bool {
	yes := func(t *text) bool { return t != nil && *t == "true" }
	no := func(t *text) bool { return t != nil && *t != "true" && *t != "" }
	if no(e.Result) || no(e.Success) || !yes(e.Result) && !yes(e.Success) {
		return false
	}
	return e.Code == "200" || e.Code == "" && yes(e.Success)
}

// answer is a successful call's data and the whole body as it came.
type answer struct {
	data json.RawMessage
	raw  []byte
}

// into reads the data; what cannot be read is a lost answer.
func (a answer) into(v any) error {
	if !present(a.data) {
		return &connector.Uncertain{Err: errors.New("CJ's answer holds no data")}
	}
	if err := json.Unmarshal(a.data, v); err != nil {
		return &connector.Uncertain{Err: fmt.Errorf("CJ's answer is not as documented: %w", err)}
	}
	return nil
}

// get, post and send call CJ with the account's token. Their errors are of connector's
// kinds, or a *refusal for the caller to judge.
func (c *conn) get(ctx context.Context, path string, query url.Values) (answer, error) {
	return c.send(ctx, http.MethodGet, path+"?"+query.Encode(), nil)
}

func (c *conn) post(ctx context.Context, path string, body any) (answer, error) {
	return c.send(ctx, http.MethodPost, path, body)
}

// send makes a call; when CJ does not accept the token, new ones are fetched and the call
// is made once more: a call without a valid token was not acted on.
func (c *conn) send(ctx context.Context, method, path string, body any) (answer, error) {
	token, err := c.token(ctx, "")
	if err != nil {
		return answer{}, err
	}
	got, err := c.exchange(ctx, method, path, token, body)
	if r := asRefusal(err); r == nil || r.verdict() != badToken {
		return got, err
	}
	if token, err = c.token(ctx, token); err != nil {
		return answer{}, err
	}
	return c.exchange(ctx, method, path, token, body)
}

// errRate is our own patience with CJ's limits.
var errRate = errors.New("our own rate limit for CJ")

// wait keeps to the rate; more than a second is for the caller to wait.
func wait(ctx context.Context, limit *rate.Limiter) error {
	slot := limit.Reserve()
	delay := slot.Delay()
	if delay > time.Second {
		slot.Cancel()
		return &connector.NotSent{After: delay, Err: errRate}
	}
	if delay == 0 {
		return nil
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		slot.Cancel()
		return &connector.NotSent{Err: ctx.Err()}
	}
}

// exchange is one HTTP request. token is empty for the calls that fetch one.
func (c *conn) exchange(ctx context.Context, method, path, token string, body any) (answer, error) {
	if err := ctx.Err(); err != nil {
		return answer{}, &connector.NotSent{Err: err}
	}
	if err := wait(ctx, c.limit); err != nil {
		return answer{}, err
	}
	var payload []byte
	if body != nil {
		var err error
		if payload, err = json.Marshal(body); err != nil {
			return answer{}, &connector.NotSent{Err: fmt.Errorf("request to CJ: %w", err)}
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(c.values["base_url"], "/")+path, bytes.NewReader(payload))
	if err != nil {
		return answer{}, &connector.NotSent{Err: errors.New("the address of CJ's API is not usable")}
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	if token != "" {
		req.Header.Set("CJ-Access-Token", token)
	}
	got, err := connector.Call(ctx, c.http, req)
	return read(got, err)
}

// read judges what came back.
func read(got connector.Answer, err error) (answer, error) {
	var notSent *connector.NotSent
	if errors.As(err, &notSent) && got.Status == http.StatusTooManyRequests {
		return answer{}, tooMany(got, notSent)
	}
	if err != nil {
		return answer{}, err
	}
	var e envelope
	if err := json.Unmarshal(got.Body, &e); err != nil {
		return answer{}, unreadable(got, err)
	}
	if e.good() && got.Status < 300 {
		return answer{e.Data, got.Body}, nil
	}
	code, ok := e.Code.number()
	if !ok || code == 200 || code == 0 {
		return answer{}, unreadable(got, errors.New("it neither succeeds nor says why not"))
	}
	return answer{}, &refusal{code: code, status: got.Status, message: e.Message.String(), raw: got.Body}
}

// unreadable is an answer that CJ does not document: nothing is known, except that a
// plain 401 lets nobody in.
func unreadable(got connector.Answer, err error) error {
	if got.Status == http.StatusUnauthorized {
		return &refusal{code: 1600001, status: got.Status, message: "not authorised", raw: got.Body}
	}
	return &connector.Uncertain{Err: fmt.Errorf("CJ's answer %d is not as documented: %w", got.Status, err)}
}

// tooMany is a 429, whose delay depends on why: too fast, or no points left.
func tooMany(got connector.Answer, e *connector.NotSent) error {
	var body struct {
		envelope
		PointsInfo *struct {
			Remaining text `json:"remaining"`
		} `json:"pointsInfo"`
	}
	after := waitBusy
	if json.Unmarshal(got.Body, &body) == nil {
		code, _ := body.Code.number()
		left, counted := int64(1), false
		if body.PointsInfo != nil {
			left, counted = body.PointsInfo.Remaining.number()
		}
		switch v, _ := meaning(code); {
		case v == usedUp:
			after = waitQuota
		case v == noPoints || counted && left <= 0:
			after = waitPoints
		}
	}
	return &connector.NotSent{After: max(after, e.After), Err: e.Err}
}
