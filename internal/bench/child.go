package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// child is the program as a process of its own.
type child struct {
	command *exec.Cmd
	said    *bytes.Buffer // what it wrote to its standard error
	ended   chan error
	ready   time.Duration // from its start to its first answer
}

// patience is how long the program may take to start and to stop.
const patience = 20 * time.Second

// spawn starts the program and waits until it answers.
func (o Options) spawn(ctx context.Context, address string) (*child, error) {
	c := &child{said: &bytes.Buffer{}, ended: make(chan error, 1)}
	c.command = exec.CommandContext(ctx, o.Binary, "serve", "--listen", address, "--allow-private", "--per-address", "0", "--per-key", "0", //nolint:gosec // our own program
		"--log-level", "error")
	c.command.Env = append(os.Environ(), o.Env...)
	c.command.Stderr = c.said
	c.command.Cancel = func() error { return c.command.Process.Signal(os.Interrupt) }
	c.command.WaitDelay = patience
	began := time.Now()
	if err := c.command.Start(); err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	go func() { c.ended <- c.command.Wait() }()
	if err := c.answers(ctx, "http://"+address+"/readyz", began.Add(patience)); err != nil {
		return nil, errors.Join(err, c.stop())
	}
	c.ready = time.Since(began)
	return c, nil
}

// answers waits for the first answer.
func (c *child) answers(ctx context.Context, url string, end time.Time) error {
	for time.Now().Before(end) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			return err
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-c.ended:
			c.ended <- err
			return fmt.Errorf("bench: the program ended: %s", strings.TrimSpace(c.said.String()))
		case <-time.After(time.Millisecond):
		}
	}
	return errors.New("bench: the program does not answer")
}

// stop asks the program to end and waits for it.
func (c *child) stop() error {
	_ = c.command.Process.Signal(os.Interrupt) // it may have ended already
	select {
	case err := <-c.ended:
		c.ended <- err
		return err
	case <-time.After(patience):
		return errors.Join(errors.New("bench: the program does not stop"), c.command.Process.Kill())
	}
}

// memory reads a figure of the process in MiB: VmRSS now, VmHWM at most so far. Linux tells
// it; 0 elsewhere.
func (c *child) memory(figure string) float64 {
	body, err := os.ReadFile("/proc/" + strconv.Itoa(c.command.Process.Pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(body)) {
		if rest, ok := strings.CutPrefix(line, figure+":"); ok {
			fields := strings.Fields(rest)
			kib, err := strconv.Atoi(fields[0])
			if err != nil {
				return 0
			}
			return rounded(float64(kib) / 1024)
		}
	}
	return 0
}

// worked is the processors' time that the program has taken so far. On a busy machine it changes
// less than a rate does. Linux tells it; 0 elsewhere.
func (c *child) worked() time.Duration {
	body, err := os.ReadFile("/proc/" + strconv.Itoa(c.command.Process.Pid) + "/stat")
	if err != nil {
		return 0
	}
	// proc(5): the name stands in brackets and may hold spaces; utime and stime are the 12th and
	// 13th behind it, in hundredths of a second.
	_, rest, _ := strings.Cut(string(body), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	if err1 != nil || err2 != nil {
		return 0
	}
	return time.Duration(user+system) * (time.Second / 100)
}

// each is a part of the processors' time in milliseconds.
func each(d time.Duration, n int) float64 { return milliseconds(d / time.Duration(max(n, 1))) }

// freeAddress is a free port of the loopback.
func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	address := l.Addr().String()
	return address, l.Close()
}
