//go:build unix

package crash

import (
	"context"
	"errors"
	"maps"
	"time"
)

// Trouble is something that happens to a running shop.
type Trouble string

// The troubles.
const (
	Kill     Trouble = "a node was killed"
	Roll     Trouble = "all nodes were restarted one after the other"
	Server   Trouble = "the database server was killed"
	Cut      Trouble = "the connections to the database were cut"
	FullDisk Trouble = "the disk was full for a second" // SQLite
)

// byPoint is how deaths at named points are counted.
const byPoint = "a node died at a named point"

func (l *lab) count(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deaths[what]++
}

// counted is what has happened so far.
func (l *lab) counted() map[string]int {
	l.mu.Lock()
	all := maps.Clone(l.deaths)
	l.mu.Unlock()
	l.points.mu.Lock()
	defer l.points.mu.Unlock()
	for _, n := range l.points.died {
		all[byPoint] += n
	}
	return all
}

// trouble makes one trouble after the other until the orders are placed and it was enough.
func (l *lab) trouble(ctx, placed context.Context) {
	if len(l.o.Troubles) == 0 {
		return
	}
	for i := 0; i < l.o.Least || placed.Err() == nil; i++ {
		until := placed
		if i < l.o.Least {
			until = ctx
		}
		began := time.Now()
		if err := l.nodes[i%len(l.nodes)].ready(until); err != nil && until.Err() == nil {
			l.o.Say("%v", err)
		}
		// Where nodes are slow to start they are slow at work, and must come to some.
		if pause(until, max(l.o.Every, time.Since(began))) != nil {
			return
		}
		what := l.o.Troubles[i%len(l.o.Troubles)]
		if err := l.happens(ctx, what, i); err != nil && ctx.Err() == nil {
			l.o.Say("%s: %v", what, err)
			continue
		}
		l.count(string(what))
	}
}

func (l *lab) happens(ctx context.Context, what Trouble, turn int) error {
	n := l.nodes[turn%len(l.nodes)]
	switch what {
	case Kill:
		n.kill()
		return nil
	case Roll:
		for _, n := range l.nodes {
			n.stop()
			if err := pause(ctx, 20*time.Millisecond); err != nil { // its keeper sees it
				return err
			}
			if err := n.ready(ctx); err != nil {
				return err
			}
		}
		return nil
	case Server:
		if l.server == nil {
			return nil
		}
		return errors.Join(l.server.crash(ctx), l.server.start(ctx))
	case Cut:
		if l.wire != nil {
			l.wire.cut()
		}
		return nil
	case FullDisk:
		n.say("full")
		err := pause(ctx, time.Second)
		n.say("room")
		return err
	}
	return nil
}

// tell tells how the run stands, twice a second.
func (l *lab) tell(ctx context.Context) {
	for l.o.Live != nil && pause(ctx, 500*time.Millisecond) == nil {
		f := Figures{Placed: l.crowd.count(), Wanted: l.o.Orders, Deaths: l.counted()}
		for _, n := range l.nodes {
			f.Nodes = append(f.Nodes, n.at())
		}
		l.o.Live(f)
	}
}
