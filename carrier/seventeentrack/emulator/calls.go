package emulator

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
)

var wellFormed = regexp.MustCompile(`^[A-Z0-9-]{5,50}$`)

// each reads a request of up to 40 items and lets act answer one after the other.
func each(body []byte, act func(ask, *batch)) reply {
	var asks []ask
	if err := json.Unmarshal(body, &asks); err != nil {
		return fail(-18010013, "The submitted data is invalid.")
	}
	if len(asks) == 0 {
		return fail(-18010010, "Data is required.")
	}
	if len(asks) > 40 {
		return fail(-18010014, "The submitted numbers exceed the limit of 40.")
	}
	out := newBatch()
	for _, a := range asks {
		act(a, out)
	}
	return reply{Data: out}
}

// known lets act work on numbers that are registered, and rejects others.
func (s *Server) known(body []byte, act func(ask, *registration, *batch)) reply {
	return each(body, func(a ask, out *batch) {
		r := s.list[fold(a.Number)]
		if r == nil || a.Carrier != 0 && a.Carrier != r.carrier {
			out.reject(a, -18019902, "The tracking number '"+a.Number+"' does not register, please register first.")
			return
		}
		act(a, r, out)
	})
}

func (s *Server) register(body []byte) reply {
	return each(body, s.registerOne)
}

func (s *Server) registerOne(a ask, out *batch) {
	number, now := fold(a.Number), s.o.World.Now()
	if day := now.UTC().Format(time.DateOnly); day != s.day {
		s.day, s.today = day, 0
	}
	if !wellFormed.MatchString(number) {
		out.reject(a, -18010012, "The format of '"+a.Number+"' is invalid.")
		return
	}
	if r := s.list[number]; r != nil {
		r.calls++
		out.reject(a, -18019901, "The tracking number '"+a.Number+"' has been registered, no need to repeat registration.")
		return
	}
	carrier, origin := a.Carrier, 1
	if carrier == 0 {
		carrier, origin = detect(number), 2
	}
	switch {
	case a.Carrier == 0 && (s.strangers[number] || carrier == 0):
		out.reject(a, -18019903, "Carrier can not be detected.")
	case s.postcodes[number] && a.Param == "":
		out.reject(a, -18010019, "The postal code is required.")
	case s.o.Daily > 0 && s.today >= s.o.Daily:
		out.reject(a, -18019907, "Exceeds the daily limit.")
	case s.used >= s.o.Quota:
		out.reject(a, -18019908, "The quota is exhausted.")
	default:
		s.used++
		s.today++
		s.order = append(s.order, number)
		s.list[number] = &registration{
			number: number, order: a.Order, lang: a.Lang, tag: a.Tag, param: a.Param,
			carrier: carrier, at: now, calls: 1,
		}
		out.accept(map[string]any{
			"origin": origin, "number": number, "carrier": carrier, "email": nil, "lang": null(a.Lang), "tag": null(a.Tag),
		})
	}
}

func (s *Server) trackInfo(body []byte) reply {
	return s.known(body, func(_ ask, r *registration, out *batch) { out.accept(s.track(r)) })
}

func (s *Server) stop(body []byte) reply {
	return s.known(body, func(a ask, r *registration, out *batch) {
		if r.stopped {
			out.reject(a, -18019906, "Only a number that is being tracked can be stopped.")
			return
		}
		r.stopped, r.why, r.stoppedAt = true, "ByRequest", s.o.World.Now()
		out.accept(accepted(r))
	})
}

func (s *Server) retrack(body []byte) reply {
	return s.known(body, func(a ask, r *registration, out *batch) {
		switch {
		case !r.stopped:
			out.reject(a, -18019904, "Only a stopped number can be retracked.")
		case r.retracked:
			out.reject(a, -18019905, "A number can be retracked only once.")
		default:
			r.stopped, r.why, r.stoppedAt, r.retracked = false, "", time.Time{}, true
			out.accept(accepted(r))
		}
	})
}

func (s *Server) remove(body []byte) reply {
	return s.known(body, func(_ ask, r *registration, out *batch) {
		delete(s.list, r.number)
		s.order = slices.DeleteFunc(s.order, func(n string) bool { return n == r.number })
		out.accept(accepted(r))
	})
}

func (s *Server) changeCarrier(body []byte) reply {
	return s.known(body, func(a ask, r *registration, out *batch) {
		switch {
		case a.CarrierNew == 0:
			out.reject(a, -18019804, "The new carrier is required.")
		case a.CarrierOld != r.carrier:
			out.reject(a, -18019805, "The old carrier does not match.")
		case a.CarrierNew == r.carrier:
			out.reject(a, -18019803, "The carriers are the same.")
		case r.stopped:
			out.reject(a, -18019806, "A stopped number's carrier can not be changed.")
		case r.changes >= 5:
			out.reject(a, -18019807, "The carrier was changed too often.")
		default:
			r.carrier = a.CarrierNew
			r.changes++
			out.accept(accepted(r))
		}
	})
}

func (s *Server) changeInfo(body []byte) reply {
	return s.known(body, func(a ask, r *registration, out *batch) {
		if a.Tag != "" {
			r.tag = a.Tag
		}
		if a.Order != "" {
			r.order = a.Order
		}
		out.accept(accepted(r))
	})
}

func (s *Server) quota([]byte) reply {
	daily := s.o.Daily
	if daily == 0 {
		daily = 10_000_000
	}
	return reply{Data: map[string]any{
		"quota_total": s.o.Quota, "quota_used": s.used, "quota_remain": s.o.Quota - s.used,
		"today_used": s.today, "max_track_daily": daily,
	}}
}

// push sends the newest track at once, new scans or not.
func (s *Server) push(body []byte) reply {
	return s.known(body, func(a ask, r *registration, out *batch) {
		switch {
		case s.callback == "" || s.o.Hooks == nil:
			out.reject(a, -18010204, "The webhook URL is not set.")
		case len(s.o.World.Scans(r.number)) == 0:
			out.reject(a, -18019909, "No tracking information at present.")
		default:
			s.send(context.Background(), r, "TRACKING_UPDATED", s.track(r))
			out.accept(accepted(r))
		}
	})
}

func (s *Server) trackList(body []byte) reply {
	var q struct {
		Number   string `json:"number"`
		Tracking string `json:"tracking_status"`
		Package  string `json:"package_status"`
		Page     int    `json:"page_no"`
	}
	if len(body) > 0 && json.Unmarshal(body, &q) != nil {
		return fail(-18010013, "The submitted data is invalid.")
	}
	wanted := strings.FieldsFunc(fold(q.Number), func(r rune) bool { return r == ',' })
	if len(wanted) > 200 {
		return fail(-18010014, "The submitted numbers exceed the limit of 200.")
	}
	var rows []any
	for _, number := range s.order {
		row := s.row(s.list[number])
		if len(wanted) > 0 && !slices.Contains(wanted, number) ||
			q.Tracking != "" && q.Tracking != row["tracking_status"] ||
			q.Package != "" && q.Package != row["package_status"] {
			continue
		}
		rows = append(rows, row)
	}
	const size = 40
	no := max(1, q.Page)
	from := min(len(rows), (no-1)*size)
	out := newBatch()
	out.Accepted = append(out.Accepted, rows[from:min(len(rows), from+size)]...)
	return reply{Page: &page{len(rows), (len(rows) + size - 1) / size, no, size}, Data: out}
}

func accepted(r *registration) map[string]any {
	return map[string]any{"number": r.number, "carrier": r.carrier}
}

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}
