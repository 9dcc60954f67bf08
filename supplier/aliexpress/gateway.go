package aliexpress

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"doorstep/connector"
)

// call makes a business call and returns the method's own answer and its raw bytes. A
// call whose token was refused, and only that, is made once more with a new one.
func (c *Conn) call(ctx context.Context, method string, business map[string]string) (node, []byte, error) {
	if err := c.limits.wait(ctx, method); err != nil {
		return node{}, nil, err
	}
	token, err := c.token(ctx)
	if err != nil {
		return node{}, nil, err
	}
	body, raw, err := c.once(ctx, method, token, business)
	var refused *refusal
	if !errors.As(err, &refused) || !refused.ofToken() {
		return body, raw, err
	}
	fresh, renewal := c.renew(ctx, token)
	if renewal != nil {
		return node{}, raw, renewal
	}
	return c.once(ctx, method, fresh, business)
}

// once makes one business call with a token.
func (c *Conn) once(ctx context.Context, method, token string, business map[string]string) (node, []byte, error) {
	system := map[string]string{"method": method, "session": token, "format": "json", "v": "2.0"}
	raw, err := c.post(ctx, "/sync", "", system, business)
	raw = c.redact(raw, token)
	if err != nil {
		return node{}, raw, err
	}
	body, err := open(raw)
	return body, raw, err
}

// open reads an answer; its errors are of package connector's kinds.
func open(raw []byte) (node, error) {
	root, err := parse(raw)
	if err != nil {
		return node{}, &connector.Uncertain{Err: err}
	}
	body, refused := envelope(root)
	if refused != nil {
		refused.raw = raw
		return node{}, refused.kind()
	}
	return body, nil
}

// post signs and sends a call: system parameters in the address, business parameters in
// the body. path is where it goes; named is the API name where the signature begins with
// it (system calls).
func (c *Conn) post(ctx context.Context, path, named string, system, business map[string]string) ([]byte, error) {
	query := map[string]string{
		"app_key":     c.values["app_key"],
		"timestamp":   strconv.FormatInt(c.env.Now().UnixMilli(), 10),
		"sign_method": "sha256",
	}
	maps.Copy(query, system)
	all := maps.Clone(query)
	maps.Copy(all, business)
	query["sign"] = sign(c.values["app_secret"], named, all)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path+"?"+form(query), strings.NewReader(form(business)))
	if err != nil {
		return nil, &connector.NotSent{Err: errors.New("base_url: no usable address")}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
	answer, err := connector.Call(ctx, c.env.HTTP, req)
	if err != nil {
		return answer.Body, bare(err, path)
	}
	if answer.Status >= 300 && !bytes.HasPrefix(bytes.TrimSpace(answer.Body), []byte("{")) {
		return answer.Body, &connector.Uncertain{Err: fmt.Errorf("%s: answer %d without sense", path, answer.Status)}
	}
	return answer.Body, nil
}

func form(params map[string]string) string {
	values := url.Values{}
	for name, value := range params {
		values.Set(name, value)
	}
	return values.Encode()
}

// bare is an error of connector.Call without the address, which carries token and
// signature.
func bare(err error, path string) error {
	var address *url.Error
	if !errors.As(err, &address) {
		return err
	}
	inner := fmt.Errorf("%s: %w", path, address.Err)
	var notSent *connector.NotSent
	if errors.As(err, &notSent) {
		return &connector.NotSent{After: notSent.After, Err: inner}
	}
	return &connector.Uncertain{Err: inner}
}

// redact takes our secrets out of an answer, which may repeat them in its words.
func (c *Conn) redact(raw []byte, token string) []byte {
	for _, secret := range []string{token, c.values["app_secret"], c.values["access_token"], c.values["refresh_token"]} {
		if len(secret) > 3 {
			raw = bytes.ReplaceAll(raw, []byte(secret), []byte("(secret)"))
		}
	}
	return raw
}
