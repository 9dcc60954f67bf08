package job

import "context"

// Lease is lease for the model test, which ends jobs in any order.
func (w *Worker) Lease(ctx context.Context, want int) ([]Job, error) { return w.lease(ctx, want) }
