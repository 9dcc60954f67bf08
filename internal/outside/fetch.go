package outside

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"doorstep/internal/flow"
	"doorstep/internal/photo"
)

// fetchTimeout is how long a person waits for a picture of another site.
const fetchTimeout = 15 * time.Second

// FetchPicture fetches the bytes of a picture that a person names by its address, through the
// one client: no address leads inside. They are believed to be nothing yet; there are at most
// one more than a photo may have. What cannot be had is a *flow.Refusal of the field.
func (o *Outside) FetchPicture(ctx context.Context, field, address string) ([]byte, error) {
	refuse := func(words string) error {
		return &flow.Refusal{Code: "not-fetched", Field: field, Words: words}
	}
	u, err := url.Parse(address)
	plain := err == nil && u.Scheme == "http" && o.o.AllowPrivate // emulators and tests have no certificate
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && !plain {
		return nil, refuse("Please give the picture's address, which begins with https://.")
	}
	ctx, stop := context.WithTimeout(ctx, fetchTimeout)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return nil, refuse("Please give the picture's address, which begins with https://.")
	}
	r.Header.Set("Accept", "image/jpeg, image/png, image/webp")
	answer, err := o.client.Do(r)
	if err != nil {
		o.log.InfoContext(ctx, "picture not fetched", "host", u.Host, "error", err)
		return nil, refuse("The picture could not be fetched from " + u.Hostname() + ". Is the address right, and open to everybody?")
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, refuse(fmt.Sprintf("%s answered with %d instead of a picture.", u.Hostname(), answer.StatusCode))
	}
	raw, err := io.ReadAll(io.LimitReader(answer.Body, photo.MostBytes+1))
	if err != nil {
		return nil, refuse("The picture did not arrive whole from " + u.Hostname() + ". Please try again.")
	}
	return raw, nil
}
