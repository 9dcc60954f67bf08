package dashboard

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/message"
	"doorstep/internal/order"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// messageRoutes are what customers and staff write to each other.
func (d *Dashboard) messageRoutes() []route {
	const get, post = "GET", "POST"
	const reader, support = account.Reader, account.Support
	return []route{
		{get, "/messages", reader, false, d.messages},
		{get, "/messages/canned", reader, false, d.canned},
		{post, "/messages/canned", support, false, d.saveCanned},
		{post, "/messages/canned/{canned}/drop", support, false, d.dropCanned},
		{get, "/messages/{conversation}", reader, false, d.talk},
		{get, "/messages/{conversation}/photos/{message}/{photo}", reader, false, d.talkPhoto},
		{post, "/messages/{conversation}/answer", support, false, d.answerTalk},
		{post, "/messages/{conversation}/note", support, false, d.noteTalk},
		{post, "/messages/{conversation}/assign", support, false, d.assignTalk},
		{post, "/messages/{conversation}/close", support, false, d.closeTalk},
		{post, "/messages/{conversation}/reopen", support, false, d.reopenTalk},
		{post, "/messages/{conversation}/snooze", support, false, d.snoozeTalk},
		{post, "/messages/{conversation}/link", support, false, d.linkTalk},
		{post, "/messages/{conversation}/sorted", support, false, d.sortTalk},
		{post, "/orders/{order}/write", support, false, d.writeToCustomer},
	}
}

// talkList is a page of the inbox.
type talkList struct {
	listPage
	List []report.Talk
	Box  message.MailFolder // why the mailbox cannot be read, if so
}

// talkKind is the inbox: what waits for an answer, where the address says nothing else, or all of
// it where somebody looks for words.
func talkKind() listKind {
	topics := pickOf("topic", "About")
	for _, t := range []string{message.TopicWhere, message.TopicChange, message.TopicWrong, message.TopicMoney, message.TopicOther} {
		topics.Words = append(topics.Words, t)
		topics.Choice = append(topics.Choice, ui.Choice{Value: t, Name: topicNames[t]})
	}
	return listKind{Key: "messages", Path: "/messages",
		Search: ui.ListSearch{Name: "words", Placeholder: "Name, mail, subject or #order", Label: "Name, mail address, subject or #order"},
		Fields: []listField{unshown("tab", "waiting", "snoozed", "unsorted", "closed", "all"), topics,
			{Name: "who", Any: "Whose: any", Words: []string{"mine", "nobody"}, Choice: []ui.Choice{{Value: "mine", Name: "Mine"}, {Value: "nobody", Name: "Nobody's yet"}}}},
		Sorts: []ui.Choice{{Value: report.SortNewest, Name: "Newest first"}, {Value: report.SortOldest, Name: "Oldest first"}, {Value: report.SortWaiting, Name: "Longest waiting"}},
		Usual: []listView{{Name: "Open"}, {Name: "Mine", Query: "who=mine"}, {Name: "Nobody's yet", Query: "who=nobody"}, {Name: "Waiting", Query: "tab=waiting"},
			{Name: "Snoozed", Query: "tab=snoozed"}, {Name: "Unsorted", Query: "tab=unsorted"}, {Name: "Closed", Query: "tab=closed"}, {Name: "All", Query: "tab=all"}}}
}

// talkFilter is what an ask for messages wants of the database.
func talkFilter(v *visit, a listAsk) report.TalkFilter {
	tab := a.get("tab")
	f := report.TalkFilter{Search: a.search(), Topic: a.get("topic"), Sort: a.sort(), Unsorted: tab == "unsorted", Nobody: a.get("who") == "nobody"}
	switch {
	case tab == "" && f.Search == "":
		f.State = "open"
	case tab != "" && tab != "all" && tab != "unsorted":
		f.State = tab
	}
	if a.get("who") == "mine" {
		f.Staff = v.staff.StaffID
	}
	return f
}

// counted puts the numbers of conversations behind the names of views.
func (p *talkList) counted(n report.TalkCounts) {
	p.Views = slices.Clone(p.Views)
	for i, w := range p.Views {
		if count := map[string]int64{"": n.Open, "tab=waiting": n.Waiting, "tab=snoozed": n.Snoozed, "tab=unsorted": n.Unsorted}[w.Query]; count > 0 && w.Saved == "" {
			p.Views[i].Name += " · " + waitingWord(count)
		}
	}
}

func (d *Dashboard) messages(v *visit) error {
	var p talkList
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.listPage, err = v.readList(ctx, tx, talkKind()); err != nil {
			return err
		}
		if p.List, p.Next, err = report.Talks(ctx, tx, v.store, talkFilter(v, p.Ask), p.After, pageSize); err != nil {
			return err
		}
		if p.Box, err = flow.TroubleOfMailbox(ctx, tx, v.store); err != nil {
			return err
		}
		n, err := report.CountTalks(ctx, tx, v.store)
		p.counted(n)
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Messages", At: "messages", Live: true, Refresh: 60}
	return d.show(v, at, messagesPage(v, at, p))
}

func talkURL(c id.Conversation) string { return Prefix + "/messages/" + string(c) }

func (v *visit) talk() id.Conversation { return id.Conversation(v.path("conversation")) }

// talkDoc is a conversation beside the facts of its order.
type talkDoc struct {
	flow.TalkView
	Doc    *orderDoc // nil: it belongs to no order
	Names  names
	Staff  []account.Staff // who may answer
	Canned []message.CannedAnswer
	Draft  string
	Open   []string          // names in the draft that nobody could fill in
	Guess  []report.OrderRow // orders of the same address
	To     string            // who gets the answer
}

// elsewhere says whether a message came from another address than the one that is answered.
func (p talkDoc) elsewhere(m message.Message) bool {
	return m.Kind == message.FromCustomer && m.Email != "" && !message.SameAddress(m.Email, p.To)
}

func (d *Dashboard) talk(v *visit) error {
	p := talkDoc{}
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		p = talkDoc{}
		if p.TalkView, err = flow.LookAtTalk(ctx, tx, v.store, v.talk()); err != nil {
			return err
		}
		return p.read(ctx, tx, v)
	})
	if err != nil {
		return err
	}
	for _, c := range p.Canned {
		if string(c.CannedID) == v.query("canned") {
			if p.Draft, p.Open, err = d.outside.FillCanned(v.r.Context(), v.store, v.talk(), c.Body); err != nil {
				return err
			}
		}
	}
	at := frame{Title: talkTitle(p), At: "messages", Live: true, Back: Prefix + "/messages"}
	return d.show(v, at, talkPage(v, at, p))
}

// read reads what stands beside the conversation.
func (p *talkDoc) read(ctx context.Context, tx *db.Tx, v *visit) (err error) {
	p.To = p.Conversation.Email
	if p.Order != nil {
		p.To = p.Order.Email
		doc, err := readOrder(ctx, tx, v, string(p.Order.OrderID))
		if err != nil {
			return err
		}
		p.Doc = &doc
	} else if p.To != "" {
		if p.Guess, err = report.OrdersWith(ctx, tx, v.store, p.To, 5); err != nil {
			return err
		}
	}
	if p.Names, err = namesOf(ctx, tx, v.store); err != nil {
		return err
	}
	all, err := account.AllStaff(ctx, tx, v.store)
	for _, who := range all {
		if !who.Disabled && who.Role.Covers(account.Support) {
			p.Staff = append(p.Staff, who)
		}
	}
	if err != nil {
		return err
	}
	p.Canned, err = message.AllCanned(ctx, tx, v.store)
	return err
}

func talkTitle(p talkDoc) string {
	switch {
	case p.Conversation.Subject != "":
		return p.Conversation.Subject
	case p.Order != nil:
		return "Order #" + plainNumber(p.Order.Number)
	}
	return orText(p.Conversation.Name, p.Conversation.Email)
}

func (d *Dashboard) talkPhoto(v *visit) error {
	var jpeg []byte
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		jpeg, err = message.PhotoJPEG(ctx, tx, v.store, v.talk(), id.Message(v.path("message")), v.path("photo"))
		return err
	})
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "image/jpeg")
	_, _ = v.w.Write(jpeg) // the browser went away
	return nil
}

// onTalk runs a command on the conversation of the address and leads back to its page.
func (d *Dashboard) onTalk(v *visit, done string, fn func(ctx context.Context, tx *db.Tx, c id.Conversation) error) error {
	return d.do(v, talkURL(v.talk()), done, func(ctx context.Context, tx *db.Tx) error { return fn(ctx, tx, v.talk()) })
}

func (d *Dashboard) answerTalk(v *visit) error {
	return d.onTalk(v, "Sent: the customer gets a mail.", func(ctx context.Context, tx *db.Tx, c id.Conversation) error {
		if _, err := flow.AnswerMessage(ctx, tx, v.store, c, v.form("words"), message.ViaDesk, v.actor()); err != nil {
			return err
		}
		if v.form("then") != "close" {
			return nil
		}
		return flow.CloseMessages(ctx, tx, v.store, c, v.actor())
	})
}

func (d *Dashboard) noteTalk(v *visit) error {
	return d.onTalk(v, "Noted, for the staff alone.", func(ctx context.Context, tx *db.Tx, c id.Conversation) error {
		return flow.NoteMessage(ctx, tx, v.store, c, v.form("words"), v.actor())
	})
}

func (d *Dashboard) assignTalk(v *visit) error {
	return d.onTalk(v, "Assigned.", func(ctx context.Context, tx *db.Tx, c id.Conversation) error {
		return flow.AssignMessages(ctx, tx, v.store, c, id.Staff(v.form("staff")), v.actor())
	})
}

func (d *Dashboard) closeTalk(v *visit) error {
	v.undo = undoing("open-talk", v.path("conversation"))
	return d.onTalk(v, "Closed. It opens again when the customer writes.", func(ctx context.Context, tx *db.Tx, c id.Conversation) error {
		return flow.CloseMessages(ctx, tx, v.store, c, v.actor())
	})
}

func (d *Dashboard) reopenTalk(v *visit) error {
	return d.onTalk(v, "Open again.", func(ctx context.Context, tx *db.Tx, c id.Conversation) error {
		return flow.ReopenMessages(ctx, tx, v.store, c, v.actor())
	})
}

// snoozes are for how long a conversation may be put out of sight.
func snoozes() []struct {
	Key, Name string
	For       time.Duration
} {
	return []struct {
		Key, Name string
		For       time.Duration
	}{{"3h", "3 hours", 3 * time.Hour}, {"1d", "Until tomorrow", 24 * time.Hour}, {"3d", "3 days", 72 * time.Hour}, {"7d", "A week", 7 * 24 * time.Hour}}
}

func (d *Dashboard) snoozeTalk(v *visit) error {
	return d.onTalk(v, "Snoozed.", func(ctx context.Context, tx *db.Tx, c id.Conversation) error {
		until := clock.Time(0)
		for _, s := range snoozes() {
			if s.Key == v.form("for") {
				until = tx.Now.Add(s.For)
			}
		}
		if day := v.form("until"); day != "" {
			at, err := time.ParseInLocation("2006-01-02T15:04", day, v.zone)
			if err != nil {
				return &flow.Refusal{Code: "until", Field: "until", Words: "Please give the day and the hour."}
			}
			until = clock.Of(at)
		}
		return flow.SnoozeMessages(ctx, tx, v.store, c, until, v.actor())
	})
}

// linkTalk puts a conversation to an order; the page of the order's conversation follows.
func (d *Dashboard) linkTalk(v *visit) error {
	number, err := strconv.ParseInt(strings.TrimLeft(v.form("number"), "# "), 10, 64)
	if err != nil {
		number = 0
	}
	now := v.talk()
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		o, err := order.Numbered(ctx, tx, v.store, number)
		if err != nil {
			return err
		}
		c, known, err := message.OfOrder(ctx, tx, v.store, o.OrderID)
		if known {
			now = c.ConversationID
		}
		return err
	})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return d.do(v, talkURL(now), "It belongs to the order now.", func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.LinkMessages(ctx, tx, v.store, v.talk(), number, v.actor())
		return err
	})
}

func (d *Dashboard) sortTalk(v *visit) error {
	return d.onTalk(v, "It stays as it is.", func(ctx context.Context, tx *db.Tx, c id.Conversation) error {
		return flow.SortMessages(ctx, tx, v.store, c, v.actor())
	})
}

func (d *Dashboard) writeToCustomer(v *visit) error {
	name := id.Order(v.path("order"))
	return d.do(v, orderURL(name), "Sent: the customer gets a mail.", func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.WriteToCustomer(ctx, tx, v.store, name, v.form("words"), message.ViaDesk, v.actor())
		return err
	})
}

// --- answers that are kept

// cannedList is the page of them; one may be in the form.
type cannedList struct {
	List []message.CannedAnswer
	Edit message.CannedAnswer
	Show string   // the answer in the form as it would be said now, of the newest conversation about an order
	Open []string // names in it of which nothing is known there
}

func (d *Dashboard) canned(v *visit) error {
	var p cannedList
	var newest id.Conversation
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.List, err = message.AllCanned(ctx, tx, v.store); err != nil {
			return err
		}
		list, _, err := report.Talks(ctx, tx, v.store, report.TalkFilter{}, "", 50)
		for _, t := range list {
			if newest == "" && t.Order != "" {
				newest = t.ID
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range p.List {
		if string(c.CannedID) == v.query("edit") {
			p.Edit = c
		}
	}
	if p.Edit.CannedID != "" && newest != "" {
		if p.Show, p.Open, err = d.outside.FillCanned(v.r.Context(), v.store, newest, p.Edit.Body); err != nil {
			return err
		}
	}
	at := frame{Title: "Kept answers", At: "messages", Back: Prefix + "/messages"}
	return d.show(v, at, cannedPage(v, at, p))
}

func (d *Dashboard) saveCanned(v *visit) error {
	c := message.CannedAnswer{StoreID: v.store, CannedID: id.Canned(v.form("canned")), Title: v.form("title"), Body: v.form("body")}
	return d.do(v, Prefix+"/messages/canned", "Kept.", func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.SaveCanned(ctx, tx, c, v.actor())
		return err
	})
}

func (d *Dashboard) dropCanned(v *visit) error {
	return d.do(v, Prefix+"/messages/canned", "It is gone.", func(ctx context.Context, tx *db.Tx) error {
		return flow.DropCanned(ctx, tx, v.store, id.Canned(v.path("canned")))
	})
}
