//go:build unix

package crash

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"doorstep"
	"doorstep/connector"
	"doorstep/internal/demo"
	"doorstep/internal/outside"
	"doorstep/internal/sample"
	"doorstep/internal/seal"
	"doorstep/supplier"
)

// What a child is told by its environment. ChildEnv being set makes a process a child.
const (
	ChildEnv    = "DOORSTEP_CRASH_CHILD"
	databaseEnv = "DOORSTEP_DATABASE"
	keyEnv      = "DOORSTEP_KEY"
	pointsEnv   = "DOORSTEP_CRASH_AT" // points, comma separated: the process dies at the first it comes to
)

// lease is how long a dead child's job is left alone. It is short so that a run of minutes has
// many lives in it; the program's own is a minute.
const lease = 4 * time.Second

// answerIn is how long a child waits for an answer's first byte before it counts as lost.
const answerIn = 1500 * time.Millisecond

// bareName is the connector whose supplier neither keeps our key nor can be asked by it.
const bareName = "cj-us"

// bare hides everything that a supplier's connector can do beyond the least.
type bare struct{ supplier.Connector }

// drivers are the demo's, with one account made as poor as a supplier can be.
func drivers() outside.Drivers {
	d := demo.Drivers()
	for i, s := range d.Suppliers {
		if s.Name != "cj" {
			continue
		}
		d.Suppliers[i].Open = func(v connector.Values, e connector.Env) (supplier.Connector, error) {
			c, err := s.Open(v, e)
			if err != nil || e.Name != bareName {
				return c, err
			}
			return bare{c}, nil
		}
	}
	return d
}

// config is the program as it runs in the laboratory: as `doorstep serve` has it, and as
// impatient as the world around it is fast.
func config(database, key string, log *slog.Logger) doorstep.Config {
	c := doorstep.Config{Database: database, Key: seal.Source{Key: key}, Drivers: drivers(), Log: log,
		StoreName: sample.ShopName, Currency: sample.Currency, AllowPrivate: true}
	c.API.PerAddress, c.API.PerKey = -1, -1
	c.Work.Poll, c.Work.Parallel, c.Work.Lease = 50*time.Millisecond, 24, lease
	c.Outside.SlowDown, c.Outside.BreakFor = 200*time.Millisecond, time.Second
	c.Outside.Transport = &http.Transport{ResponseHeaderTimeout: answerIn, MaxIdleConnsPerHost: 32, MaxConnsPerHost: 32, IdleConnTimeout: 30 * time.Second}
	return c
}

// Child is the main function of a child. It says on file descriptor 3 where it listens and at
// which point it dies, and hears on its standard input of a full disk. It ends when its input
// does: no child outlives its laboratory.
func Child() int {
	signal.Ignore(syscall.SIGXFSZ) // a write beyond the limit is an error then, as on a full disk
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	words := os.NewFile(3, "words")
	err := live(ctx, words)
	if err != nil {
		fmt.Fprintf(os.Stderr, "child: %v\n", err)
		return 1
	}
	return 0
}

func live(ctx context.Context, words *os.File) error {
	database := os.Getenv(databaseEnv)
	c := config(database, os.Getenv(keyEnv), slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	c.Outside.Crash = trap(strings.Split(os.Getenv(pointsEnv), ","), words)
	go hear(database)
	p, err := doorstep.New(ctx, c)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, p.Close())
	}
	fmt.Fprintf(words, "at %s\n", listener.Addr())
	return errors.Join(p.Serve(ctx, listener), p.Close())
}

// trap ends the process at the first of the points it comes to. SIGKILL cannot be caught:
// nothing is written, closed or said any more.
func trap(points []string, words *os.File) func(string) {
	armed := map[string]bool{}
	for _, p := range points {
		armed[p] = p != ""
	}
	var once sync.Mutex // held for ever by the one who dies
	return func(point string) {
		if !armed[point] {
			return
		}
		once.Lock()
		fmt.Fprintf(words, "dies %s\n", point)
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

// hear does what the laboratory says on the standard input.
func hear(database string) {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := disk(database, lines.Text() == "full"); err != nil {
			fmt.Fprintf(os.Stderr, "child: %v\n", err)
		}
	}
	os.Exit(3)
}

// disk makes the disk full or gives room again: with RLIMIT_FSIZE no file of this process can
// grow beyond what the database has now, which needs no rights and no file system of its own.
func disk(database string, full bool) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	limit.Cur = limit.Max
	if full {
		info, err := os.Stat(database) //nolint:gosec // the laboratory names it
		if err != nil {
			return err
		}
		limit.Cur = uint64(info.Size())
	}
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
}
