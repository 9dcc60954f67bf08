package emulator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"doorstep/connector/emulator"
)

// meaning is a step in 17TRACK's words.
type meaning struct{ status, sub, stage string }

func meaningOf(s emulator.Step) meaning {
	switch s {
	case emulator.StepLabel:
		return meaning{"InfoReceived", "InfoReceived", "InfoReceived"}
	case emulator.StepPickedUp:
		return meaning{"InTransit", "InTransit_PickedUp", "PickedUp"}
	case emulator.StepDeparted:
		return meaning{"InTransit", "InTransit_Departure", "Departure"}
	case emulator.StepArrived:
		return meaning{"InTransit", "InTransit_Arrival", "Arrival"}
	case emulator.StepOut:
		return meaning{"OutForDelivery", "OutForDelivery_Other", "OutForDelivery"}
	case emulator.StepDelivered:
		return meaning{"Delivered", "Delivered_Other", "Delivered"}
	case emulator.StepLost:
		return meaning{"Exception", "Exception_Lost", ""}
	case emulator.StepFailed:
		return meaning{"DeliveryFailure", "DeliveryFailure_NoBody", ""}
	case emulator.StepReturning:
		return meaning{"Exception", "Exception_Returning", "Returning"}
	case emulator.StepReturned:
		return meaning{"Exception", "Exception_Returned", "Returned"}
	}
	return meaning{"InTransit", "InTransit_Other", ""}
}

// track is what gettrackinfo and the messages say of one parcel.
func (s *Server) track(r *registration) map[string]any {
	return map[string]any{
		"number": r.number, "carrier": r.carrier, "param": null(r.param), "tag": null(r.tag),
		"lang": null(r.lang), "special_tracking_info": nil, "track_info": s.info(r),
	}
}

func (s *Server) info(r *registration) map[string]any {
	scans := s.o.World.Scans(r.number)
	events := make([]any, 0, len(scans))
	for _, scan := range slices.Backward(scans) { // the newest first
		events = append(events, event(scan))
	}
	status := meaning{"NotFound", "NotFound_Other", ""}
	var latest any
	if len(scans) > 0 {
		status, latest = meaningOf(scans[len(scans)-1].Step), events[0]
	}
	if r.why == "Expired" && status.status == "NotFound" {
		status = meaning{"Expired", "Expired_Other", ""}
	}
	from, to := any(nil), any(nil)
	if p, known := s.o.World.Parcel(r.number); known && len(scans) > 0 {
		pace := s.o.World.Pace()
		due := p.Label.Add(pace.Scan + 2*pace.Move + pace.GoOut)
		from, to = due.UTC().Format(time.RFC3339), due.Add(pace.Deliver).UTC().Format(time.RFC3339)
	}
	return map[string]any{
		"shipping_info": map[string]any{"shipper_address": nil, "recipient_address": nil},
		"latest_status": map[string]any{"status": status.status, "sub_status": status.sub, "sub_status_descr": nil},
		"latest_event":  latest,
		"time_metrics": map[string]any{
			"estimated_delivery_date": map[string]any{"source": null(source(to)), "from": from, "to": to},
		},
		"milestone": milestones(scans),
		"misc_info": s.misc(r, scans),
		"tracking": map[string]any{"providers_hash": r.carrier, "providers": []any{map[string]any{
			"provider":           map[string]any{"key": r.carrier, "name": carrierName(r.carrier), "alias": carrierName(r.carrier)},
			"latest_sync_status": "Success",
			"latest_sync_time":   s.o.World.Now().UTC().Format(time.RFC3339),
			"events":             events,
		}}},
	}
}

func source(due any) string {
	if due == nil {
		return ""
	}
	return "Official"
}

// misc names the last mile's number once the parcel is in its hands.
func (s *Server) misc(r *registration, scans []emulator.Scan) map[string]any {
	out := map[string]any{"risk_factor": 0, "service_type": nil, "local_number": nil, "local_provider": nil, "local_key": 0}
	next, chained := s.chains[r.number]
	if chained && slices.ContainsFunc(scans, func(s emulator.Scan) bool { return s.Step == emulator.StepArrived }) {
		out["local_number"], out["local_provider"] = next.number, next.provider
	}
	return out
}

// zone is where the emulated carriers' clocks stand: their time has an offset.
func zone() *time.Location { return time.FixedZone("", 2*60*60) }

func times(at time.Time) map[string]any {
	local := at.In(zone())
	return map[string]any{
		"time_iso": local.Format(time.RFC3339),
		"time_utc": at.UTC().Format(time.RFC3339Nano),
		"time_raw": map[string]any{"date": local.Format(time.DateOnly), "time": local.Format(time.TimeOnly), "timezone": "+02:00"},
	}
}

func event(scan emulator.Scan) map[string]any {
	m := meaningOf(scan.Step)
	out := times(scan.At)
	out["description"] = scan.Words
	out["description_translation"] = nil
	out["location"] = null(scan.Location)
	out["stage"] = null(m.stage)
	out["sub_status"] = m.sub
	out["address"] = map[string]any{
		"country": null(scan.Country), "state": nil, "city": nil, "street": nil, "postal_code": nil,
		"coordinates": coordinates(scan),
	}
	return out
}

func milestones(scans []emulator.Scan) []any {
	out := []any{}
	for _, scan := range scans {
		if stage := meaningOf(scan.Step).stage; stage != "" {
			m := times(scan.At)
			m["key_stage"] = stage
			out = append(out, m)
		}
	}
	return out
}

// row is a registration as gettracklist shows it.
func (s *Server) row(r *registration) map[string]any {
	scans := s.o.World.Scans(r.number)
	status, push := "NotFound", "NotPushed"
	if len(scans) > 0 {
		status = meaningOf(scans[len(scans)-1].Step).status
	}
	if r.why == "Expired" && status == "NotFound" {
		status = "Expired"
	}
	if r.pushes > 0 {
		push = "Success"
	}
	tracking := "Tracking"
	if r.stopped {
		tracking = "Stopped"
	}
	return map[string]any{
		"number": r.number, "carrier": r.carrier, "param": null(r.param), "data_origin": "Api",
		"register_time": r.at.UTC().Format(time.RFC3339), "tracking_status": tracking, "package_status": status,
		"push_status": push, "stop_track_reason": null(r.why), "is_retracked": r.retracked,
		"carrier_change_count": r.changes, "tag": null(r.tag), "order_no": null(r.order),
	}
}

// tell sends what is due of one parcel.
func (s *Server) tell(ctx context.Context, r *registration) {
	if r.stopped {
		return
	}
	scans, now := s.o.World.Scans(r.number), s.o.World.Now()
	if len(scans) > r.told {
		r.told = len(scans)
		s.send(ctx, r, "TRACKING_UPDATED", s.track(r))
		return
	}
	last := r.at
	if len(scans) > 0 && scans[len(scans)-1].At.After(last) {
		last = scans[len(scans)-1].At
	}
	if now.Sub(last) < s.o.Quiet {
		return
	}
	r.stopped, r.why, r.stoppedAt = true, "Expired", now
	s.send(ctx, r, "TRACKING_STOPPED", map[string]any{
		"number": r.number, "carrier": r.carrier, "param": null(r.param), "tag": r.tag,
	})
}

// send signs a message with the key and hands it to the hooks.
func (s *Server) send(ctx context.Context, r *registration, name string, data map[string]any) {
	if s.callback == "" || s.o.Hooks == nil {
		return
	}
	body, err := json.Marshal(map[string]any{"event": name, "data": data})
	if err != nil {
		return
	}
	sum := sha256.Sum256([]byte(string(body) + "/" + s.o.Key))
	header := http.Header{"Content-Type": {"application/json"}}
	header.Set("sign", hex.EncodeToString(sum[:]))
	r.pushes++
	r.pushed = s.o.World.Now()
	s.o.Hooks.Send(ctx, emulator.Hook{URL: s.callback, Header: header, Body: body})
}
