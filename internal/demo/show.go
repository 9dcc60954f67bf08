package demo

import (
	"context"
	"io"
)

// Show is to come.
func Show(ctx context.Context, o Options, out io.Writer) error { return nil }
