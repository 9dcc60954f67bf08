//go:build unix

package crash

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// patience is how long a child may take to start or to stop; machines can be very busy.
const patience = 90 * time.Second

// node is one place in the cluster: a child process, and after its death the next one.
type node struct {
	name   string
	binary string
	env    []string
	log    string // file
	points *points
	armed  bool // dies at points

	mu      sync.Mutex
	command *exec.Cmd
	input   io.WriteCloser
	address string // empty while nobody listens
	ended   chan struct{}
	lives   int
}

// points are what is yet to be died at, shared by all nodes.
type points struct {
	mu   sync.Mutex
	left []string
	died map[string]int
}

func (p *points) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.left, ",")
}

// wanting says whether a vital point was not come to yet.
func (p *points) wanting() bool { return p.lacking(vital) }

// lacking says whether one of these points was not come to yet.
func (p *points) lacking(these func(point string) bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.left, func(left string) bool { return these(left) && p.died[left] == 0 })
}

func (p *points) reached(point string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.died[point]++
	for i, left := range p.left {
		if left == point {
			p.left = append(p.left[:i:i], p.left[i+1:]...)
			return
		}
	}
}

// give ends the dying at points, and says which were never come to.
func (p *points) give() (never []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, left := range p.left {
		if p.died[left] == 0 {
			never = append(never, left)
		}
	}
	p.left = nil
	return never
}

// keep starts the child, and again whenever it has ended, until ctx does.
func (n *node) keep(ctx context.Context) {
	for ctx.Err() == nil {
		ended, err := n.start()
		if err != nil {
			return
		}
		select {
		case <-ended:
		case <-ctx.Done():
			n.stop()
			return
		}
	}
}

// start starts the child; the channel is closed when it has ended.
func (n *node) start() (<-chan struct{}, error) {
	words, theirs, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Clean(n.log), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	command := exec.Command(n.binary) //nolint:gosec,noctx // ourselves; it ends when its input does
	command.Env = append(append(os.Environ(), n.env...), ChildEnv+"=1")
	if n.armed {
		command.Env = append(command.Env, pointsEnv+"="+n.points.text())
	}
	command.ExtraFiles, command.Stderr = []*os.File{theirs}, log
	input, err := command.StdinPipe()
	if err == nil {
		err = command.Start()
	}
	err = errors.Join(err, theirs.Close(), log.Close())
	if err != nil {
		return nil, errors.Join(err, words.Close())
	}
	ended := make(chan struct{})
	n.mu.Lock()
	n.command, n.input, n.ended, n.address = command, input, ended, ""
	n.lives++
	n.mu.Unlock()
	go n.listen(words, command, ended)
	return ended, nil
}

// listen hears what the child says until it has ended.
func (n *node) listen(words *os.File, command *exec.Cmd, ended chan struct{}) {
	lines := bufio.NewScanner(words)
	for lines.Scan() {
		what, rest, _ := strings.Cut(lines.Text(), " ")
		switch what {
		case "at":
			n.mu.Lock()
			n.address = rest
			n.mu.Unlock()
		case "dies":
			n.points.reached(rest)
		}
	}
	_ = words.Close()
	_ = command.Wait() // it was killed, mostly
	n.mu.Lock()
	n.address = ""
	n.mu.Unlock()
	close(ended)
}

// at is where the child listens; empty while it does not.
func (n *node) at() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.address
}

// kill ends the child as a power cut does.
func (n *node) kill() { n.signal(syscall.SIGKILL) }

func (n *node) signal(s os.Signal) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.command != nil {
		_ = n.command.Process.Signal(s) // it may have ended
	}
}

// say tells the child something.
func (n *node) say(what string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.input != nil {
		_, _ = fmt.Fprintln(n.input, what) // it may have ended
	}
}

// stop asks the child to end, and kills it if it does not.
func (n *node) stop() {
	n.signal(syscall.SIGTERM)
	n.mu.Lock()
	ended := n.ended
	n.mu.Unlock()
	if ended == nil {
		return
	}
	select {
	case <-ended:
	case <-time.After(patience):
		n.kill()
		<-ended
	}
}

// ready waits until the child listens.
func (n *node) ready(ctx context.Context) error {
	end := time.Now().Add(patience)
	for n.at() == "" {
		if time.Now().After(end) {
			return fmt.Errorf("%s does not start: %s", n.name, tail(n.log))
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// tail is the end of a file.
func tail(name string) string {
	body, err := os.ReadFile(filepath.Clean(name))
	if err != nil {
		return err.Error()
	}
	return string(body[max(0, len(body)-600):])
}

// pause waits a while, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
