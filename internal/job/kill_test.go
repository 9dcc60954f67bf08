package job_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/job"
)

const (
	childEnv = "DOORSTEP_JOB_CHILD" // the database of a child process that works until it is killed
	kills    = 12
	perKill  = 60 // jobs inserted before each kill, each with one follow-up
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(childEnv); dsn != "" {
		if err := child(dsn); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1) // it should have been killed
	}
	os.Exit(m.Run())
}

// child works jobs: a call outside that takes a while, then the effect, the next job and the
// finish in one transaction. Its leases are short, so that the next child need not wait.
func child(dsn string) error {
	ctx, cancel := context.WithCancel(context.Background())
	go func() { // the parent holds our input: without it there is nobody to work for
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	d, err := db.Open(ctx, dsn, db.Options{Log: quiet()})
	if err != nil {
		return err
	}
	w := job.NewWorker(d, job.Options{
		Log: quiet(), Parallel: 6, Lease: 400 * time.Millisecond, Poll: 10 * time.Millisecond, MaxTries: 1000,
		Handlers: map[string]job.Handler{"work": func(ctx context.Context, j job.Job) error {
			<-time.After(rand.N(8 * time.Millisecond))
			return d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.ExecContext(ctx, `INSERT INTO effects (name) VALUES ($1)`, j.Key)
				if err == nil && len(j.Payload) > 2 { // not {}
					_, err = job.Insert(ctx, tx, job.New{Store: j.Store, Kind: "work", Key: j.Key + "/next"})
				}
				if err != nil {
					return err
				}
				return job.Finish(ctx, tx, j)
			})
		}},
	})
	fmt.Println("working")
	return w.Run(ctx)
}

// TestKilledAgainAndAgainEveryJobIsDoneOnce kills the working process with -9 at random
// moments. In the end every effect is there, and none twice.
func TestKilledAgainAndAgainEveryJobIsDoneOnce(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		d := dbtest.Open(t, dsn, clock.System())
		err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `CREATE TABLE effects (name TEXT NOT NULL)`) // no key: twice would be seen
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for round := range kills {
			var jobs []job.New
			for i := range perKill {
				jobs = append(jobs, job.New{Store: "st_1", Kind: "work", Key: fmt.Sprintf("%d/%d", round, i), Payload: "more"})
			}
			insert(t, d, jobs...)
			kill := start(t, dsn)
			<-time.After(rand.N(60 * time.Millisecond))
			kill()
		}
		if c := left(t, d); c.Due+c.Leased+c.Waiting == 0 {
			t.Error("nothing was left to do after the last kill: the test proves too little")
		}
		kill := start(t, dsn)
		defer kill()
		for c := left(t, d); c != (job.Counts{}); c = left(t, d) {
			select {
			case <-time.After(20 * time.Millisecond):
			case <-t.Context().Done():
				t.Fatalf("left %+v", c)
			}
		}
		var effects, names int
		err = d.View(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT COUNT(*), COUNT(DISTINCT name) FROM effects`).Scan(&effects, &names)
		})
		if want := 2 * kills * perKill; err != nil || effects != want || names != want {
			t.Fatalf("%d effects of %d jobs, want %d: %v", effects, names, want, err)
		}
	})
}

// start starts a child, waits until it works, and returns what kills it.
func start(t *testing.T, dsn string) (kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dsn)
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil { // closed when this process ends, however it ends
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("the child said %q: %v", line, err)
	}
	return func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}
