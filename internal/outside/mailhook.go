package outside

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
	talk "doorstep/internal/message"
	"doorstep/internal/store"
)

// Services that take in mail hand it on by POST to /webhooks/mail, in their own wrapping:
//
//	the mail itself                                 Cloudflare Email Workers, scripts, an MTA's pipe
//	a form with the field email                     SendGrid Inbound Parse ("send raw")
//	a form with the field body-mime                 Mailgun routes (an address that ends in mime)
//	JSON with the field RawEmail, or raw            Postmark ("include raw email"), ForwardEmail
//
// Whoever knows the shared secret may: as the password of HTTP's basic authentication (all of
// them take https://mail:secret@shop.example/webhooks/mail), as a bearer token, or in the
// header X-Mail-Secret. It is never part of the address, which logs keep.

const (
	mailHookPath = webhookPath + "mail"
	// maxHandedIn is a mail of most bytes in base 64, and its wrapping.
	maxHandedIn = talk.MostMail/3*4 + 1<<20
)

// mailFields are the fields in which services put the mail.
func mailFields() []string { return []string{"email", "body-mime", "RawEmail", "raw", "message"} }

// mailHook takes in a mail. The answer is 200 only after it was stored.
func (o *Outside) mailHook(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		answer(w, http.StatusMethodNotAllowed, "mails come by POST")
		return
	}
	s, status := o.mayHandIn(r)
	if status != http.StatusOK {
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="mail"`)
		}
		answer(w, status, "the secret is not right")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxHandedIn)
	raw, err := handedIn(r)
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		answer(w, http.StatusRequestEntityTooLarge, "a mail has at most 25 MB")
		return
	case err != nil || len(raw) == 0:
		answer(w, http.StatusBadRequest, "there is no mail in it")
		return
	}
	if _, err := o.takeMail(r.Context(), s, raw); err != nil {
		o.log.Error("a mail could not be taken in", "error", err)
		answer(w, http.StatusInternalServerError, "not now")
		return
	}
	answer(w, http.StatusOK, "")
}

// mayHandIn says for which store somebody may hand in mails. Where no secret is set, nobody
// may, and the answer is the same.
func (o *Outside) mayHandIn(r *http.Request) (s id.Store, status int) {
	var set store.Settings
	err := o.db.View(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		if s = id.Store(r.URL.Query().Get("store")); s == "" {
			first, err := store.First(ctx, tx)
			if err != nil {
				return err
			}
			s = first.StoreID
		}
		var err error
		set, err = store.LoadSettings(ctx, tx, s)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrUnknown) {
		o.log.Error("a mail could not be taken in", "error", err)
		return s, http.StatusServiceUnavailable
	}
	_, given, _ := r.BasicAuth()
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		given = token
	}
	if token := r.Header.Get("X-Mail-Secret"); token != "" {
		given = token
	}
	want := set.Messages.Secret
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(want))
	if subtle.ConstantTimeCompare(a[:], b[:]) != 1 || want == "" {
		return s, http.StatusUnauthorized
	}
	return s, http.StatusOK
}

// handedIn unwraps the mail.
func handedIn(r *http.Request) ([]byte, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // what cannot be read is the mail itself
	switch kind {
	case "multipart/form-data", "application/x-www-form-urlencoded":
		if err := r.ParseMultipartForm(maxHandedIn); err != nil && !errors.Is(err, http.ErrNotMultipart) { //nolint:gosec // mailHook limits the body
			return nil, err
		}
		for _, field := range mailFields() {
			if text := r.PostFormValue(field); text != "" {
				return []byte(text), nil
			}
			if file, _, err := r.FormFile(field); err == nil {
				return io.ReadAll(file)
			}
		}
		return nil, nil
	case "application/json":
		var fields map[string]json.RawMessage
		if err := json.NewDecoder(r.Body).Decode(&fields); err != nil {
			return nil, err
		}
		for _, field := range mailFields() {
			var text string
			if json.Unmarshal(fields[field], &text) == nil && text != "" {
				return []byte(text), nil
			}
		}
		return nil, nil
	}
	return io.ReadAll(r.Body)
}
