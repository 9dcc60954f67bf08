//go:build unix

package crash

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// server is a PostgreSQL of our own that can be killed. It writes as it does in earnest: what
// was committed is there after a crash.
type server struct {
	bin, dir string
	port     string
	as       *syscall.Credential // nil: ourselves
}

// openServer makes a cluster in dir and starts it.
func openServer(ctx context.Context, dir string) (*server, error) {
	s := &server{dir: dir}
	if s.bin = bindir(); s.bin == "" {
		return nil, errors.New("postgresql is not installed: apt-get install postgresql")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := s.lower(); err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, s.port, _ = net.SplitHostPort(listener.Addr().String())
	if err := listener.Close(); err != nil {
		return nil, err
	}
	if err := s.run(ctx, "initdb", "-D", s.data(), "-U", "doorstep", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"); err != nil {
		return nil, err
	}
	return s, s.start(ctx)
}

// lower finds somebody who may run PostgreSQL, which root may not, and gives them the folder.
func (s *server) lower() error {
	if os.Getuid() != 0 {
		return nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		who, err = user.Lookup("nobody")
	}
	if err != nil {
		return err
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	if err != nil {
		return err
	}
	s.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	for at := s.dir; at != filepath.Dir(at) && at != os.TempDir(); at = filepath.Dir(at) {
		_ = os.Chmod(at, 0o711) //nolint:gosec // folders of our own on the way there; others' refuse
	}
	return os.Chown(s.dir, int(uid), int(gid))
}

func (s *server) data() string { return filepath.Join(s.dir, "data") }

func (s *server) start(ctx context.Context) error {
	return s.run(ctx, "pg_ctl", "-s", "-w", "-t", "90", "-D", s.data(), "-l", filepath.Join(s.dir, "log"), "-o",
		"-p "+s.port+" -k "+s.dir+" -c listen_addresses=127.0.0.1 -c max_connections=200 -c shared_buffers=64MB", "start")
}

// crash ends the server at once, without a checkpoint: it must recover from its log.
func (s *server) crash(ctx context.Context) error {
	return s.run(ctx, "pg_ctl", "-s", "-D", s.data(), "-m", "immediate", "stop")
}

func (s *server) run(ctx context.Context, name string, args ...string) error {
	command := exec.CommandContext(ctx, filepath.Join(s.bin, name), args...) //nolint:gosec // PostgreSQL's own programs
	command.Dir = s.dir
	if s.as != nil {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	}
	// The server inherits what pg_ctl writes to: a pipe would never end.
	out, err := os.OpenFile(filepath.Join(s.dir, name+".out"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	command.Stdout, command.Stderr = out, out
	err = errors.Join(command.Run(), out.Close())
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, tail(filepath.Join(s.dir, name+".out")))
	}
	return nil
}

// address is where the server listens.
func (s *server) address() string { return "127.0.0.1:" + s.port }

// dsn is a URL of the database by way of an address.
func dsn(address string) string {
	return "postgres://doorstep@" + address + "/postgres?sslmode=disable&connect_timeout=5"
}

// bindir is the folder of the newest PostgreSQL on this machine; empty if there is none.
func bindir() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is a constant
	slices.SortFunc(found, func(a, b string) int { return release(b) - release(a) })
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, filepath.Dir(path))
	}
	for _, dir := range found {
		if _, err := os.Stat(filepath.Join(dir, "initdb")); err == nil {
			return dir
		}
	}
	return ""
}

// release is the number in /usr/lib/postgresql/17/bin.
func release(path string) int {
	n, err := strconv.Atoi(strings.TrimSpace(filepath.Base(filepath.Dir(path))))
	if err != nil {
		return 0
	}
	return n
}
