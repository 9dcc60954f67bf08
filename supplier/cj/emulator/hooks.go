package emulator

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	shared "doorstep/connector/emulator"
)

type message struct {
	topic string
	body  []byte
}

// Sign is the header that CJ puts on a body: base64 of HMAC-SHA256 with the account's
// number in decimal digits as the key.
func (s *Server) Sign(body []byte) http.Header {
	mac := hmac.New(sha256.New, []byte(strconv.FormatInt(s.o.OpenID, 10)))
	mac.Write(body)
	h := http.Header{}
	h.Set("Sign", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	h.Set("Content-Type", "application/json")
	return h
}

// envelope is a message's body.
func (s *Server) envelope(kind, how string, params any) []byte {
	s.seq++
	body, _ := json.Marshal(map[string]any{"messageId": fmt.Sprintf("%032x", s.seq), "type": kind,
		"messageType": how, "openId": s.o.OpenID, "params": params})
	return body
}

// emit notes a message for whoever listens to the topic.
func (s *Server) emit(topic, kind string, params any) {
	if s.topics[topic] != "" && s.o.Hooks != nil {
		s.due = append(s.due, message{topic, s.envelope(kind, "UPDATE", params)})
	}
}

// flush hands the noted messages to the sender.
func (s *Server) flush(ctx context.Context) {
	s.mu.Lock()
	due := s.due
	s.due = nil
	urls := map[string]string{}
	for k, v := range s.topics {
		urls[k] = v
	}
	s.mu.Unlock()
	for _, m := range due {
		if to := urls[m.topic]; to != "" {
			s.o.Hooks.Send(context.WithoutCancel(ctx), shared.Hook{URL: to, Header: s.Sign(m.body), Body: m.body})
		}
	}
}

func (s *Server) orderParams(o *order) map[string]any {
	number, to := any(nil), any(nil)
	if o.number != "" {
		number, to = o.number, trackURL(o.number)
	}
	return map[string]any{"cjOrderId": o.id, "orderNumber": o.OrderNumber, "orderNum": o.OrderNumber,
		"orderStatus": o.state, "logisticName": o.Logistic, "trackNumber": number, "trackingUrl": to,
		"createDate": stamp(o.createdAt), "updateDate": stamp(s.o.World.Now()), "payDate": stamp(o.paidAt),
		"deliveryDate": stamp(o.shippedAt), "completeDate": nil}
}

// tell says that an order's state changed; the same state is told once.
func (s *Server) tell(o *order) {
	if now := o.state + " " + o.number; now != o.told {
		o.told = now
		s.emit("order", "ORDER", s.orderParams(o))
	}
}

func (s *Server) trackParams(o *order, scans []shared.Scan) map[string]any {
	events, status := []any{}, 0
	for _, scan := range scans {
		status = trackStatus(scan.Step)
		events = append(events, map[string]any{"status": status, "activity": scan.Words, "location": scan.Location,
			"eventTime": scan.At.UTC().Format(time.DateTime), "statusDesc": scan.Words})
	}
	inside, _ := json.Marshal(events)
	return map[string]any{"orderId": o.id, "storeOrderNumbers": []string{o.OrderNumber}, "logisticName": o.Logistic,
		"trackingNumber": o.number, "trackingUrl": trackURL(o.number), "trackingProvider": nil,
		"trackingStatus": status, "logisticsTrackEvents": string(inside)}
}

func (s *Server) tellTrack(o *order, scans []shared.Scan) {
	s.emit("logistics", "LOGISTIC", s.trackParams(o, scans))
}

func trackStatus(step shared.Step) int {
	switch step {
	case shared.StepPickedUp:
		return 2
	case shared.StepDeparted:
		return 5
	case shared.StepArrived:
		return 6
	case shared.StepOut:
		return 10
	case shared.StepDelivered:
		return 12
	case shared.StepLost, shared.StepFailed:
		return 13
	case shared.StepReturning, shared.StepReturned:
		return 14
	}
	return 0
}

// Message is a signed message about an order as it is now: topic ORDER or LOGISTIC.
func (s *Server) Message(kind, ref string) (http.Header, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live()
	o := s.find(ref, true)
	if o == nil {
		return http.Header{}, nil
	}
	var params any = s.orderParams(o)
	if kind == "LOGISTIC" {
		params = s.trackParams(o, s.o.World.Scans(o.number))
	}
	body := s.envelope(kind, "UPDATE", params)
	return s.Sign(body), body
}

type topicBody struct {
	Type string   `json:"type"`
	URLs []string `json:"callbackUrls"`
}

func (s *Server) webhookSet(c call) (any, *failure) {
	in := map[string]topicBody{}
	if !c.into(&in) {
		return nil, fail(1600300, "Param error")
	}
	for _, topic := range []string{"product", "stock", "order", "logistics"} {
		if _, given := in[topic]; !given {
			return nil, fail(1600300, topic+" must be not empty")
		}
	}
	next, probed := map[string]string{}, map[string]bool{}
	for topic, t := range in {
		if t.Type == "CANCEL" {
			next[topic] = ""
			continue
		}
		if t.Type != "ENABLE" || len(t.URLs) != 1 {
			return nil, fail(1607000, "Only one callback URL is supported")
		}
		if !probed[t.URLs[0]] {
			if failed := s.probe(t.URLs[0]); failed != nil {
				return nil, failed
			}
			probed[t.URLs[0]] = true
		}
		next[topic] = t.URLs[0]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for topic, to := range next {
		s.topics[topic] = to
	}
	return true, nil
}

// probe asks the address for 200 and JSON within three seconds.
func (s *Server) probe(to string) *failure {
	u, err := url.Parse(to)
	if err != nil || u.Host == "" || u.Scheme != "https" && !s.o.PlainHTTP {
		return fail(1606001, "The callback URL must be a public HTTPS address")
	}
	body := []byte(`{"messageId":"probe","type":"PROBE","messageType":"INSERT","params":{}}`)
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return fail(1607000, "The callback URL is not valid")
	}
	req.Header = s.Sign(body)
	res, err := s.probes.Do(req)
	if err != nil {
		return fail(1607002, "The callback URL can not be reached")
	}
	defer func() { _ = res.Body.Close() }()
	var any json.RawMessage
	if res.StatusCode != http.StatusOK || json.NewDecoder(res.Body).Decode(&any) != nil {
		return fail(1607001, "The callback URL must answer 200 with JSON")
	}
	return nil
}

func (s *Server) trackInfo(c call) (any, *failure) {
	if len(c.query["trackNumber"]) == 0 {
		return nil, fail(1600300, "trackNumber must be not empty")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live()
	out := []any{}
	for _, number := range c.query["trackNumber"] {
		scans := s.o.World.Scans(number)
		if len(scans) == 0 {
			continue
		}
		last := scans[len(scans)-1]
		row := map[string]any{"trackingNumber": number, "logisticName": "CJPacket Ordinary", "trackingFrom": "CN",
			"trackingTo": "", "deliveryDay": "", "deliveryTime": "", "trackingStatus": strconv.Itoa(trackStatus(last.Step)),
			"lastMileCarrier": nil, "lastTrackNumber": nil}
		if p, known := s.o.World.Parcel(number); known {
			row["logisticName"], row["trackingTo"] = p.Carrier, p.To
		}
		if last.Step == shared.StepDelivered {
			row["deliveryTime"] = last.At.UTC().Format(time.DateTime)
		}
		out = append(out, row)
	}
	return out, nil
}
