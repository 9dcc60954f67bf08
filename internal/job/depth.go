package job

import (
	"context"
	"fmt"
	"time"

	"doorstep/internal/db"
)

// Depth is how much there is to do of one kind of job, in all stores.
type Depth struct {
	Kind string
	Counts
	Oldest time.Duration // how long the oldest one has been due; 0 when none is
}

// Depths counts the undone jobs of all stores by kind, in the order of their names.
func Depths(ctx context.Context, tx *db.Tx) (list []Depth, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT kind,
		       COUNT(*) FILTER (WHERE parked = FALSE AND run_at <= $1),
		       COUNT(*) FILTER (WHERE parked = FALSE AND run_at > $1 AND attempt % 2 = 0),
		       COUNT(*) FILTER (WHERE parked = FALSE AND run_at > $1 AND attempt % 2 = 1),
		       COUNT(*) FILTER (WHERE parked = TRUE),
		       COALESCE(MIN(run_at) FILTER (WHERE parked = FALSE AND run_at <= $1), $1)
		FROM jobs GROUP BY kind ORDER BY kind`, int64(tx.Now))
	if err != nil {
		return nil, fmt.Errorf("jobs: count by kind: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var d Depth
		var oldest int64
		if err := rows.Scan(&d.Kind, &d.Due, &d.Waiting, &d.Leased, &d.Parked, &oldest); err != nil {
			return nil, fmt.Errorf("jobs: count by kind: %w", err)
		}
		d.Oldest = time.Duration(int64(tx.Now)-oldest) * time.Microsecond
		list = append(list, d)
	}
	return list, rows.Err()
}
