// Package job is what is still to be done: one table that lives in the transaction of the
// change that needs the work, so that neither is ever there without the other.
//
// The life of a row:
//
//	        Insert (same transaction as its cause)
//	           │
//	           ▼            lease: run_at = now + 60 s
//	┌──── waiting, due ───────────────────────────────► leased ──── Finish ──► row deleted
//	│     attempt even  ◄───────────────────────────    attempt odd
//	│                     Again, Fail: run_at = later        │
//	│                                                        │ the process died:
//	└── Fail too often: parked, until Unpark                 └─ run_at passes, and it is due
//
// Four ideas carry it. A lease is run_at moved into the future: the job of a dead process
// falls due by itself, so there is no rescuer, no leader and no heartbeat. The fence is
// attempt: every lease, Again and Fail raises it, and whoever comes with an old one touches
// no row, gets ErrStale and rolls back. The key is unique while the job is undone, so that
// asking twice is asking once, also for periodic work (a key per time slot). And one
// transaction holds the change, its next jobs and the finish.
//
// A handler runs outside of any transaction, makes its calls, and ends by one Update with its
// changes and Finish, Again or Fail. Outside it may happen more than once (the process may die
// between the call and the commit); inside it happens exactly once.
package job
