package storefront

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/httprate"
)

// How many orders' pages are told what changes by one process, and how many of one address or of
// one order. A page beyond that is as it was when it came, and asks again every half a minute.
const (
	readersMost      = 2000
	readersOfOneMost = 12
)

// How long a live page is fed by one request, and how often a silent line says that it lives.
const (
	liveFor   = 10 * time.Minute
	heartbeat = 20 * time.Second
)

// seatOf is whose seat a live page takes.
func (s *shop) seatOf(v *visit) string { return httprate.CanonicalizeIP(s.from(v.r)) }

// stream feeds a live page (server-sent events): news is asked again and again what the page
// shows now, if that has changed since, and since when; no HTML where it has not.
func (s *shop) stream(v *visit, since int64, news func(since int64) (now int64, html []byte)) error {
	if last, err := strconv.ParseInt(v.r.Header.Get("Last-Event-ID"), 10, 64); err == nil {
		since = last
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(v.w)
	_ = out.SetWriteDeadline(time.Time{}) // the server's own one would cut the line
	ctx, cancel := context.WithTimeout(v.ctx, liveFor)
	defer cancel()
	look, beat := time.NewTicker(s.Look), time.NewTicker(heartbeat)
	defer look.Stop()
	defer beat.Stop()
	_, _ = fmt.Fprint(v.w, "retry: 2000\n\n")
	for {
		if out.Flush() != nil { // the browser went away
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.Stopping:
			return nil
		case <-beat.C:
			_, _ = fmt.Fprint(v.w, ": still here\n\n")
		case <-look.C:
			now, html := news(since)
			if since = now; html != nil {
				tell(v.w, now, string(html))
			}
		}
	}
}

// tell writes one message.
func tell(w http.ResponseWriter, stamp int64, html string) {
	_, _ = fmt.Fprintf(w, "id: %d\n", stamp)
	for line := range strings.SplitSeq(html, "\n") {
		_, _ = fmt.Fprintf(w, "data: %s\n", line)
	}
	_, _ = fmt.Fprint(w, "\n")
}
