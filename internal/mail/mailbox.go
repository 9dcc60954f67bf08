package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"doorstep/connector"
)

// Mailbox is a folder of a mail server that is read by IMAP (RFC 3501). It is only looked at:
// no mail is marked, moved or removed.
type Mailbox struct {
	host, port, how        string
	user, password, folder string
	tls                    *tls.Config
}

// Mark is how far a mailbox has been read: the numbers of mails hold while Validity does.
type Mark struct {
	Validity, UID int64
	Day           time.Time // of the last look: where the numbers have changed, mails since the day before are read again
}

// Fetched is what a look into a mailbox brought.
type Fetched struct {
	Mark  Mark // where the next look begins, once the mails are stored
	Mails []Raw
	More  bool // than one look takes
}

// Raw is a mail as it lies in the mailbox.
type Raw struct {
	UID  int64
	Body []byte // the beginning of one that is larger than most
}

// The limits of one look.
const (
	mostMails  = 50
	mostAtOnce = 32 << 20 // bytes
	beginning  = 256 << 10
)

// NewMailbox reads a setting of the form
// imap://user:password@host:port?tls=implicit|starttls|none&folder=INBOX; it connects to
// nobody. Without tls it is implicit, without a port the usual one. Its errors never repeat
// the password. config replaces the default settings of TLS where it is not nil.
func NewMailbox(setting string, config *tls.Config) (*Mailbox, error) {
	u, err := url.Parse(setting)
	if err != nil || u.Scheme != "imap" || u.Hostname() == "" || u.User.Username() == "" {
		return nil, errors.New("mailbox: the URL is not of the form imap://user:password@host:port?tls=implicit&folder=INBOX")
	}
	m := &Mailbox{host: u.Hostname(), how: cmp.Or(u.Query().Get("tls"), "implicit"), user: u.User.Username(), folder: cmp.Or(u.Query().Get("folder"), "INBOX")}
	m.password, _ = u.User.Password()
	m.port = cmp.Or(u.Port(), map[string]string{"implicit": "993", "starttls": "143", "none": "143"}[m.how])
	if m.port == "" {
		return nil, fmt.Errorf("mailbox: tls=%s is none of implicit, starttls, none", m.how)
	}
	if m.tls = config; m.tls == nil {
		m.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	m.tls = m.tls.Clone()
	m.tls.ServerName = cmp.Or(m.tls.ServerName, m.host)
	return m, nil
}

// Name is whose folder it is, without the password.
func (m *Mailbox) Name() string { return m.user + " at " + m.host + ":" + m.port + ", " + m.folder }

// Check signs in and opens the folder; nothing is read.
func (m *Mailbox) Check(ctx context.Context) error {
	return m.visit(ctx, func(*imapclient.Client, *imap.SelectData) error { return nil })
}

// Fetch reads the mails after a mark, the oldest first, at most a look's worth. Of a mailbox
// that was never read, and of one whose numbers have changed, it tells only where to begin:
// with what comes from now on, or since the day before the last look. Of a mail that is larger
// than most bytes only the beginning is read. NotSent: the server cannot be reached;
// Unauthorised: it does not take name and password, or has no such folder.
func (m *Mailbox) Fetch(ctx context.Context, from Mark, most int64) (f Fetched, err error) {
	err = m.visit(ctx, func(c *imapclient.Client, box *imap.SelectData) error {
		f.Mark = Mark{Validity: int64(box.UIDValidity), UID: from.UID}
		if from.Validity != f.Mark.Validity {
			f.Mark.UID, err = begin(c, box, from)
			f.More = from.Validity != 0
			return err
		}
		return f.read(c, most)
	})
	if err != nil {
		return Fetched{}, err
	}
	return f, nil
}

// begin is the number after which a mailbox is read whose numbers are not known yet.
func begin(c *imapclient.Client, box *imap.SelectData, from Mark) (int64, error) {
	criteria := &imap.SearchCriteria{}
	if from.Validity != 0 {
		criteria.Since = from.Day.AddDate(0, 0, -1)
	} else if box.UIDNext > 0 {
		return int64(box.UIDNext) - 1, nil
	}
	found, err := c.UIDSearch(criteria, nil).Wait()
	if err != nil {
		return 0, err
	}
	uids := found.AllUIDs()
	switch {
	case from.Validity == 0 && len(uids) > 0:
		return int64(slices.Max(uids)), nil
	case len(uids) > 0:
		return int64(slices.Min(uids)) - 1, nil
	case box.UIDNext > 0:
		return int64(box.UIDNext) - 1, nil
	}
	return 0, nil
}

// read reads the mails after the mark.
func (f *Fetched) read(c *imapclient.Client, most int64) error {
	var after imap.UIDSet
	after.AddRange(imap.UID(f.Mark.UID+1), 0) // it was one before
	found, err := c.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{after}}, nil).Wait()
	if err != nil {
		return err
	}
	uids := slices.DeleteFunc(found.AllUIDs(), func(u imap.UID) bool { return int64(u) <= f.Mark.UID }) // n:* names the last one always
	slices.Sort(uids)
	if len(uids) > mostMails {
		uids, f.More = uids[:mostMails], true
	}
	if len(uids) == 0 {
		return nil
	}
	sizes, err := sizesOf(c, uids)
	if err != nil {
		return err
	}
	var total int64
	for _, uid := range uids {
		size, there := sizes[uid]
		if !there {
			f.Mark.UID = int64(uid)
			continue // removed meanwhile
		}
		if total += min(size, most); total > mostAtOnce && len(f.Mails) > 0 {
			f.More = true
			return nil
		}
		body, err := bodyOf(c, uid, size > most)
		if err != nil {
			return err
		}
		if body != nil {
			f.Mails = append(f.Mails, Raw{UID: int64(uid), Body: body})
		}
		f.Mark.UID = int64(uid)
	}
	return nil
}

func sizesOf(c *imapclient.Client, uids []imap.UID) (map[imap.UID]int64, error) {
	list, err := c.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, RFC822Size: true}).Collect()
	sizes := map[imap.UID]int64{}
	for _, m := range list {
		sizes[m.UID] = m.RFC822Size
	}
	return sizes, err
}

// bodyOf reads a mail without marking it as read; nil where it is gone.
func bodyOf(c *imapclient.Client, uid imap.UID, large bool) ([]byte, error) {
	section := &imap.FetchItemBodySection{Peek: true}
	if large {
		section.Partial = &imap.SectionPartial{Offset: 0, Size: beginning}
	}
	list, err := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	for _, m := range list {
		for _, part := range m.BodySection {
			return part.Bytes, err
		}
	}
	return nil, err
}

// visit signs in, opens the folder to look at it, and hangs up afterwards. It ends with its
// caller's context, at whatever point of the conversation that is.
func (m *Mailbox) visit(ctx context.Context, fn func(*imapclient.Client, *imap.SelectData) error) error {
	line := &line{}
	if m.how == "implicit" {
		line.implicit = m.tls
	}
	defer line.hangUp()
	conn, err := line.dialer(ctx)(ctx, "tcp", net.JoinHostPort(m.host, m.port))
	if err != nil {
		return &connector.NotSent{Err: fmt.Errorf("mailbox %s: %w", m.Name(), err)}
	}
	options := &imapclient.Options{TLSConfig: m.tls}
	var c *imapclient.Client
	if m.how == "starttls" {
		if c, err = imapclient.NewStartTLS(conn, options); err != nil {
			return &connector.NotSent{Err: fmt.Errorf("mailbox %s: %w", m.Name(), err)}
		}
	} else {
		c = imapclient.New(conn, options)
	}
	defer func() { _ = c.Close() }() // it was only looked at
	if err := c.Login(m.user, m.password).Wait(); err != nil {
		return m.judge(err, "AUTHENTICATIONFAILED", "")
	}
	box, err := c.Select(m.folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		return m.judge(err, "NONEXISTENT", "")
	}
	if err := fn(c, box); err != nil {
		return &connector.NotSent{Err: fmt.Errorf("mailbox %s: %w", m.Name(), err)}
	}
	_ = c.Logout().Wait() // whether the farewell is heard does not matter
	return nil
}

// judge says what it means that the server said no: it will say so again until a person mends
// the setting, unless it says that it is not able to now.
func (m *Mailbox) judge(err error, codes ...string) error {
	cause := fmt.Errorf("mailbox %s: %w", m.Name(), err)
	var said *imap.Error
	if errors.As(err, &said) && said.Type == imap.StatusResponseTypeNo && slices.Contains(codes, strings.ToUpper(string(said.Code))) {
		return &connector.Unauthorised{Err: cause}
	}
	return &connector.NotSent{Err: cause}
}
