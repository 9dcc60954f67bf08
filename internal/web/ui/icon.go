package ui

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/a-h/templ"
)

// Icon is a drawing that only repeats what words say; screen readers pass over it. Further
// classes: "icon--s", "icon--l", and "icon--turns" for arrows that turn with the script.
func Icon(name string, classes ...string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		body, ok := icons[name]
		if !ok {
			return fmt.Errorf("icon %q: it is not among those in icons.go", name)
		}
		_, err := fmt.Fprintf(w, `<svg class="%s" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">%s</svg>`,
			Class(append([]string{"icon"}, classes...)...), body)
		return err
	})
}

// IconNames lists the drawings there are.
func IconNames() []string { return slices.Sorted(maps.Keys(icons)) }
