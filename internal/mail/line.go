package mail

import (
	"context"
	"crypto/tls"
	"net"
)

// line is the connection of one message. It ends with its caller's context, at whatever
// point of the conversation that is, and never outlives the message.
type line struct {
	implicit *tls.Config
	conn     net.Conn
	release  func() bool
}

// dialer is what the mail library calls. Its own context ends with the dialling, ctx with
// the message.
func (l *line) dialer(ctx context.Context) func(context.Context, string, string) (net.Conn, error) {
	return func(dialling context.Context, network, address string) (net.Conn, error) {
		var err error
		if l.implicit != nil {
			l.conn, err = (&tls.Dialer{Config: l.implicit}).DialContext(dialling, network, address)
		} else {
			l.conn, err = (&net.Dialer{}).DialContext(dialling, network, address)
		}
		if err != nil {
			l.conn = nil
			return nil, err
		}
		conn := l.conn
		l.release = context.AfterFunc(ctx, func() { _ = conn.Close() })
		return conn, nil
	}
}

func (l *line) hangUp() {
	if l.conn == nil {
		return
	}
	l.release()
	_ = l.conn.Close() // closed by the farewell already when all went well
}
