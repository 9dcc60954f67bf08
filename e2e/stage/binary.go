package stage

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// startPatience is how long a process may take until it answers; the machine may be busy.
const startPatience = 60 * time.Second

// Build builds the binary into dir and says where it is.
func Build(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(dir, "doorstep")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", path, "doorstep/cmd/doorstep").CombinedOutput() //nolint:gosec // our own program
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
}

// Process is a running program.
type Process struct {
	Base string // "http://127.0.0.1:port"

	cmd   *exec.Cmd
	out   *tail
	ended chan struct{}
}

// Stop asks the process to end, and waits for it.
func (p *Process) Stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	select {
	case <-p.ended:
	case <-time.After(20 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// Said is what the process has written last.
func (p *Process) Said() string { return p.out.String() }

// run starts the binary and waits until its output has a line that matches.
func run(ctx context.Context, binary string, ready *regexp.Regexp, args ...string) (*Process, []string, error) {
	p := &Process{out: &tail{}, ended: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, binary, args...) //nolint:gosec // our own program
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	p.cmd.Stdout, p.cmd.Stderr = writer, writer
	p.cmd.Env = append(os.Environ(), "DOORSTEP_LOG_LEVEL=error")
	if err := p.cmd.Start(); err != nil {
		return nil, nil, errors.Join(err, reader.Close(), writer.Close())
	}
	_ = writer.Close() // the process has its own
	found := make(chan []string, 1)
	go func() { p.read(reader, ready, found) }()
	go func() {
		_ = p.cmd.Wait() // how it ended is seen in what it said
		close(p.ended)
	}()
	select {
	case match := <-found:
		return p, match, nil
	case <-p.ended:
		return nil, nil, fmt.Errorf("%s ended: %s", strings.Join(args, " "), p.Said())
	case <-time.After(startPatience):
		p.Stop()
		return nil, nil, fmt.Errorf("%s says nothing of %s: %s", strings.Join(args, " "), ready, p.Said())
	}
}

func (p *Process) read(r io.ReadCloser, ready *regexp.Regexp, found chan<- []string) {
	defer func() { _ = r.Close() }()
	var all bytes.Buffer
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	told := false
	for lines.Scan() {
		p.out.add(lines.Text())
		if told {
			continue
		}
		all.WriteString(lines.Text() + "\n")
		if match := ready.FindStringSubmatch(all.String()); match != nil {
			told = true
			found <- match
		}
	}
}

// tail keeps the last lines of an output.
type tail struct {
	mu    sync.Mutex
	lines []string
}

func (t *tail) add(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lines = append(t.lines, line); len(t.lines) > 200 {
		t.lines = t.lines[100:]
	}
}

// String is the last lines.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.lines, "\n")
}

// Serve starts `doorstep serve` over a database (a path or a URL) at an address ("127.0.0.1:0"
// takes a free port).
func Serve(ctx context.Context, binary, database, listen string, more ...string) (*Process, error) {
	args := append([]string{"serve", "--database", database, "--listen", listen, "--allow-private", "--per-address", "0", "--per-key", "0"}, more...)
	p, match, err := run(ctx, binary, regexp.MustCompile(`listening on (http://\S+)\n`), args...)
	if err != nil {
		return nil, err
	}
	p.Base = match[1]
	return p, p.ready(ctx)
}

// ready waits until the process answers.
func (p *Process) ready(ctx context.Context) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(startPatience)
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Base+"/readyz", nil)
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
		case <-deadline:
			return fmt.Errorf("%s is not ready: %s", p.Base, p.Said())
		case <-p.ended:
			return fmt.Errorf("it ended: %s", p.Said())
		case <-tick.C:
		}
	}
}

// Demo is a running `doorstep demo`.
type Demo struct {
	*Process
	Owner, Password string // who may sign in to the dashboard
	Key             string // of the staff, for the API
	Inbox           string // where all mails are to be read
}

// StartDemo starts `doorstep demo` over a database, so much faster than life; 0 is its usual
// speed.
func StartDemo(ctx context.Context, binary, database string, speed int64, more ...string) (*Demo, error) {
	args := append([]string{"demo", "--database", database, "--speed", fmt.Sprint(speed)}, more...)
	told := regexp.MustCompile(`(?s)shop +(http://[\d.:]+)/.*dashboard +\S+ +\((\S+), password ([^)\s]+)\).*API key +(\S+).*inbox, all mails +(http://[\d.:]+).*17TRACK.*?\n`)
	p, match, err := run(ctx, binary, told, args...)
	if err != nil {
		return nil, err
	}
	p.Base = match[1]
	return &Demo{Process: p, Owner: match[2], Password: match[3], Key: match[4], Inbox: match[5]}, p.ready(ctx)
}
