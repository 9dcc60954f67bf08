package seventeentrack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"doorstep/connector"
)

// post sends one call and opens its envelope; an error is for the whole call.
func (c *client) post(ctx context.Context, path string, items []item) (envelope, error) {
	if len(items) > batch {
		return envelope{}, &connector.NotSent{Err: fmt.Errorf("%d numbers in a call, at most %d", len(items), batch)}
	}
	if err := c.wait(ctx); err != nil {
		return envelope{}, err
	}
	body, err := json.Marshal(items)
	if err != nil {
		return envelope{}, &connector.NotSent{Err: err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/"+path, bytes.NewReader(body))
	if err != nil {
		return envelope{}, &connector.NotSent{Err: err}
	}
	req.Header.Set("17token", c.key)
	req.Header.Set("Content-Type", "application/json")
	answer, err := connector.Call(ctx, c.http, req)
	if err != nil {
		return envelope{}, err
	}
	return unwrap(answer)
}

// unwrap judges an answer. Registering twice is harmless, so what cannot be read is
// merely uncertain.
func unwrap(answer connector.Answer) (envelope, error) {
	var env envelope
	err := json.Unmarshal(answer.Body, &env)
	switch {
	case answer.Status == http.StatusUnauthorized || answer.Status == http.StatusForbidden:
		return env, &connector.Unauthorised{Err: fmt.Errorf("17TRACK answered %d", answer.Status)}
	case err != nil:
		return env, &connector.Uncertain{Err: fmt.Errorf("answer %d is not readable: %w", answer.Status, err)}
	case env.Code != nil && *env.Code != 0:
		return env, failure(requestError(env), answer.Body)
	case answer.Status != http.StatusOK:
		return env, &connector.Rejected{
			Code: fmt.Sprint(answer.Status), Words: http.StatusText(answer.Status),
			Cause: connector.CauseOther, Raw: answer.Body,
		}
	case env.Code == nil:
		return env, &connector.Uncertain{Err: errors.New("answer has no code")}
	case len(env.Data.Errors) > 0:
		return env, failure(env.Data.Errors[0], answer.Body)
	}
	return env, nil
}

// requestError is the error of a call as a whole: its words stand in data.errors.
func requestError(env envelope) vendorError {
	for _, e := range env.Data.Errors {
		if e.Code == *env.Code {
			return e
		}
	}
	e := vendorError{Code: *env.Code}
	if len(env.Data.Errors) > 0 {
		e.Message = env.Data.Errors[0].Message
	}
	return e
}
