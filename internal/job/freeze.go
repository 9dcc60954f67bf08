package job

import (
	"context"
	"fmt"

	"doorstep/internal/db"
)

// frozen begins the error of a job that Freeze parked.
const frozen = "frozen: "

// Freeze parks every job of every store until Thaw: nothing of a database that was just
// filled from a backup may leave before it is known what may have left since.
func Freeze(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.ExecContext(ctx, `UPDATE jobs SET parked = TRUE, error = $1 || error WHERE parked = FALSE`, frozen); err != nil {
		return fmt.Errorf("jobs: freeze: %w", err)
	}
	return nil
}

// Thaw lets the jobs go on that Freeze parked; those that were parked before stay so.
func Thaw(ctx context.Context, tx *db.Tx) error {
	tx.AfterCommit(of(tx).ring)
	if _, err := tx.ExecContext(ctx, `UPDATE jobs SET parked = FALSE, error = SUBSTR(error, $2) WHERE parked = TRUE AND error LIKE $1 || '%'`,
		frozen, len(frozen)+1); err != nil {
		return fmt.Errorf("jobs: thaw: %w", err)
	}
	return nil
}
