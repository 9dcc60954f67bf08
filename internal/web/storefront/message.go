package storefront

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/message"
	"doorstep/internal/web/ui"
)

// talkPage is what was written about an order, and the form to write more. The form begins
// with a topic, and answers it as far as it can before it asks for words.
type talkPage struct {
	orderPage
	Topic   string // empty: it is still to be chosen
	Words   string
	Problem string
	Sent    bool
}

// topics are what a customer may write about, in the visit's language.
var topics = map[string]string{
	message.TopicWhere: k("topic_where"), message.TopicChange: k("topic_change"), message.TopicWrong: k("topic_wrong"),
	message.TopicMoney: k("topic_money"), message.TopicOther: k("topic_other"),
}

// at is an address of the conversation with the order's secret, and a topic perhaps.
func (p talkPage) at(topic string) string {
	url := "/orders/" + string(p.ID) + "/messages" + tokenQuery(p.Token)
	if topic == "" {
		return url
	}
	if p.Token == "" {
		return url + "?topic=" + topic + "#write"
	}
	return url + "&topic=" + topic + "#write"
}

// talkBody is what was written; a link of ours to the order opens it for who reads here.
func talkBody(p orderPage, m message.Message) string {
	if m.Kind != message.FromStaff || p.Token == "" {
		return m.Body
	}
	return flow.LiveLinks(m.Body, p.ID, p.Token)
}

func (s *shop) talk(v *visit) error {
	q := v.r.URL.Query()
	return s.showTalk(v, http.StatusOK, talkPage{Topic: q.Get("topic"), Sent: q.Get("sent") == "yes"})
}

func (s *shop) showTalk(v *visit, status int, p talkPage) error {
	name, err := s.opened(v, id.Order(v.r.PathValue("order")))
	if err != nil {
		return err
	}
	if p.orderPage, err = s.readOrder(v, name); err != nil {
		return err
	}
	if !message.KnownTopic(p.Topic) {
		p.Topic = ""
	}
	v.privately(v.say("talk_title", "number", itoa(p.Number)))
	return v.show(status, talkView(v, p))
}

// write takes in what a customer wrote. Files are read only from whom the order belongs to.
func (s *shop) write(v *visit) error {
	name, err := s.mayOpen(v)
	if err != nil {
		return err
	}
	err = s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		return flow.MayWrite(ctx, tx, v.store, string(name), s.from(v.r)) // before photos are read
	})
	p := talkPage{}
	if status, known := v.notWritten(err, &p.Problem); known {
		p.Topic, p.Words = v.r.PostFormValue("topic"), v.r.PostFormValue("words")
		return s.showTalk(v, status, p)
	}
	if err != nil {
		return err
	}
	photos, problem, err := v.photosOf("photos")
	if err != nil {
		return err
	}
	p = talkPage{Topic: v.r.PostFormValue("topic"), Words: v.r.PostFormValue("words"), Problem: problem}
	if problem != "" {
		return s.showTalk(v, http.StatusUnprocessableEntity, p)
	}
	err = s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.WriteToUs(ctx, tx, v.store, name, flow.Wrote{Topic: p.Topic, Words: p.Words, Photos: photos})
		return err
	})
	if status, known := v.notWritten(err, &p.Problem); known {
		return s.showTalk(v, status, p)
	}
	if err != nil {
		return err
	}
	p.ID, p.Token = name, v.r.URL.Query().Get("token")
	if p.Token == "" {
		return v.leave(p.at("") + "?sent=yes")
	}
	return v.leave(p.at("") + "&sent=yes")
}

// notWritten says in the visit's language why something was not taken in, if that is why.
func (v *visit) notWritten(err error, problem *string) (status int, known bool) {
	var soon *flow.TooSoon
	if errors.As(err, &soon) {
		*problem = v.waitWords(soon.Wait)
		return http.StatusTooManyRequests, true
	}
	refused, ok := errors.AsType[*flow.Refusal](err)
	if !ok {
		return 0, false
	}
	key, known := map[string]string{"words": k("talk_no_words"), "long": k("talk_too_long"), "topic": k("talk_no_topic"), "photos": k("claim_no_photos"),
		"email": k("contact_no_email")}[refused.Code]
	if !known {
		key = k("talk_not_possible")
	}
	*problem = v.say(key)
	return http.StatusUnprocessableEntity, true
}

// talkPhoto shows a photo to whom its order belongs.
func (s *shop) talkPhoto(v *visit) error {
	name, err := s.mayOpen(v)
	if err != nil {
		return err
	}
	var jpeg []byte
	err = s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		c, known, err := message.OfOrder(ctx, tx, v.store, name)
		if err != nil || !known {
			return errors.Join(err, errMissing)
		}
		jpeg, err = message.PhotoJPEG(ctx, tx, v.store, c.ConversationID, id.Message(v.r.PathValue("message")), v.r.PathValue("photo"))
		return err
	})
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Length", strconv.Itoa(len(jpeg)))
	h.Set("Cache-Control", "private, max-age=3600")
	_, _ = v.w.Write(jpeg) // the browser went away
	return nil
}

// writeToUs is the form of people without an order.
type writeToUs struct {
	Name, Email, Subject, Words, Problem string
	Sent                                 bool
}

// trap is a field that people do not see and programs fill in.
const trap = "website"

func (s *shop) contactPage(v *visit) error {
	if !v.set.Messages.Form {
		return errMissing
	}
	return s.showContact(v, http.StatusOK, writeToUs{Sent: v.r.URL.Query().Get("sent") == "yes", Email: v.customer.Email})
}

func (s *shop) showContact(v *visit, status int, p writeToUs) error {
	v.about(v.say("contact_title"), v.say("contact_words"), "/contact")
	return v.show(status, contactView(v, p))
}

// contactUs takes the form in. The answer is the same whatever is written: it tells nobody
// whether there is such an order or such a customer.
func (s *shop) contactUs(v *visit) error {
	if !v.set.Messages.Form {
		return errMissing
	}
	get := v.r.PostFormValue
	p := writeToUs{Name: get("name"), Email: get("email"), Subject: get("subject"), Words: get("words")}
	if get(trap) != "" {
		return v.leave("/contact?sent=yes") // a program: it need not know
	}
	err := s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := flow.MayWrite(ctx, tx, v.store, "", s.from(v.r)); err != nil {
			return err
		}
		_, err := flow.ContactUs(ctx, tx, v.store, flow.Wrote{Name: p.Name, Email: p.Email, Subject: p.Subject, Words: p.Words, Locale: v.locale})
		return err
	})
	if status, known := v.notWritten(err, &p.Problem); known {
		return s.showContact(v, status, p)
	}
	if err != nil {
		return err
	}
	return v.leave("/contact?sent=yes")
}

// moments are the refunds of an order, for whoever asks about money.
func (p talkPage) moments(v *visit) (list []ui.Moment) {
	for _, r := range p.Refunds {
		switch r.State {
		case "declined", "failed":
		case "succeeded":
			list = append(list, ui.Moment{Title: v.say("refund_done", "amount", v.price(r.Amount)), State: "done", Icon: "undo-2", When: v.moment(r.UpdatedAt), At: stamp(r.UpdatedAt)})
		default:
			list = append(list, ui.Moment{Title: v.say("refund_sent", "amount", v.price(r.Amount)), State: "now", Icon: "undo-2", When: v.moment(r.UpdatedAt), At: stamp(r.UpdatedAt)})
		}
	}
	return list
}
