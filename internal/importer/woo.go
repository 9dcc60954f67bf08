package importer

import (
	"fmt"
	"slices"
	"strings"

	"doorstep/internal/catalog"
)

// wooRun is the import of a WooCommerce file.
//
// A variable product and its variations are rows of their own that may stand anywhere. So
// the file is read once to learn who belongs together (index), and then for the products:
// a family is kept in memory from its first row to its last, and handed over complete.
// Where that is too much at once, the families that came too late wait for another pass.
type wooRun struct {
	*run
	unit   string            // of weights
	refs   map[uint64]int32  // variations by the hash of what they call their parent
	parent map[uint64]uint64 // what a parent may be called, to the key of its family
	want   map[uint64]int32  // rows of a family
	done   map[uint64]bool   // families that were handed over
	open   map[uint64]*family
	held   int             // bytes of open families
	later  map[uint64]bool // families that wait for another pass
	groups []group
	pass   int // problems of rows are told in the first
}

// maxHeld is how much of families may wait for their further rows in memory.
const maxHeld = 24 << 20

// maxGroups is how many grouped products may wait for their members.
const maxGroups = 10_000

// family is a variable product with its variations so far.
type family struct {
	head       row
	children   []row
	rows, size int32
}

// woo reads WooCommerce's export.
func (r *run) woo(t *table) error {
	w := &wooRun{run: r, unit: weightUnit(t)}
	if err := w.index(); err != nil {
		return err
	}
	w.pass = 1
	if err := r.each(t, true, w.row); err != nil {
		return err
	}
	for len(w.later) > 0 {
		w.pass++
		if err := w.again(); err != nil {
			return err
		}
	}
	if err := r.flush(); err != nil {
		return err
	}
	return w.group()
}

// index learns who belongs together.
func (w *wooRun) index() error {
	w.refs, w.parent, w.want = map[uint64]int32{}, map[uint64]uint64{}, map[uint64]int32{}
	w.done, w.open, w.later = map[uint64]bool{}, map[uint64]*family{}, map[uint64]bool{}
	t, err := openTable(w.src, aliases())
	if err != nil {
		return err
	}
	defer t.close()
	names := map[uint64][]uint64{}
	err = w.each(t, false, func(row row) error {
		switch kind := kindOf(row); {
		case kind.variation:
			w.refs[w.hash(parentName(row))]++
		case kind.variable:
			var list []uint64
			for _, name := range callNames(row) {
				if key := w.hash(name); w.parent[key] == 0 {
					list = append(list, key)
				}
			}
			for _, key := range list {
				w.parent[key] = list[0]
			}
			if len(list) > 0 {
				names[list[0]] = list
			}
		}
		return nil
	})
	for key, list := range names {
		w.want[key] = 1
		for _, name := range list {
			w.want[key] += w.refs[name]
		}
	}
	return err
}

// again reads the file once more for the families that had to wait.
func (w *wooRun) again() error {
	w.later = map[uint64]bool{}
	t, err := openTable(w.src, aliases())
	if err != nil {
		return err
	}
	defer t.close()
	return w.each(t, false, func(row row) error {
		if kind := kindOf(row); kind.variable || kind.variation {
			return w.member(row, kind)
		}
		return nil
	})
}

// wooKind is what the column Type says: words with commas between.
type wooKind struct {
	variable, variation, grouped, external, virtual, known bool
	word                                                   string
}

func kindOf(row row) wooKind {
	k := wooKind{word: row.get("type")}
	for word := range strings.SplitSeq(strings.ToLower(k.word), ",") {
		switch strings.TrimSpace(word) {
		case "simple", "":
			k.known = true
		case "variable":
			k.variable, k.known = true, true
		case "variation":
			k.variation, k.known = true, true
		case "grouped":
			k.grouped, k.known = true, true
		case "external":
			k.external, k.known = true, true
		case "virtual", "downloadable":
			k.virtual, k.known = true, true
		}
	}
	return k
}

// callNames are what variations may call a parent: "id:12", its SKU.
func callNames(row row) []string {
	var names []string
	if id := row.get("id"); id != "" {
		names = append(names, "id:"+id)
	}
	if sku := row.get("sku"); sku != "" {
		names = append(names, "sku:"+sku)
	}
	return names
}

// parentName is what a variation calls its parent, as callNames spells it.
func parentName(row row) string {
	parent := row.get("parent")
	if id, ok := strings.CutPrefix(parent, "id:"); ok {
		return "id:" + strings.TrimSpace(id)
	}
	return "sku:" + parent
}

// row takes one row of the file in the first pass.
func (w *wooRun) row(row row) error {
	switch kind := kindOf(row); {
	case !kind.known:
		w.total.problem(row.problem("type", fmt.Sprintf("%q is not simple, variable, variation, grouped or external", kind.word)))
		return nil
	case kind.variable, kind.variation:
		return w.member(row, kind)
	case kind.grouped:
		return w.grouped(row)
	default:
		return w.simple(row, kind)
	}
}

// simple takes a product of one variant.
func (w *wooRun) simple(row row, kind wooKind) error {
	i, ok := w.begin(row)
	if !ok {
		return nil
	}
	if i.elsewhere = kind.external; i.elsewhere {
		i.draft.Status = catalog.Unlisted
	}
	w.variant(&i, row, row, nil, kind)
	return w.put(i)
}

// member takes a row of a family, and hands the family over when it is complete.
func (w *wooRun) member(row row, kind wooKind) error {
	key := w.family(row, kind)
	if w.done[key] && !kind.variation && w.pass == 1 {
		w.total.problem(row.problem("sku", "another variable product has this ID or SKU already"))
	}
	if key == 0 || w.done[key] || w.later[key] {
		return nil
	}
	f := w.open[key]
	if f == nil {
		if w.held > maxHeld {
			w.later[key] = true
			return nil
		}
		f = &family{}
		w.open[key] = f
	}
	switch {
	case kind.variation:
		f.children = append(f.children, row)
	case f.head.t != nil:
		w.total.problem(row.problem("sku", "another variable product has this ID or SKU already"))
		return nil
	default:
		f.head = row
	}
	f.rows++
	size := 0
	for _, field := range row.fields {
		size += len(field) + 16
	}
	f.size, w.held = f.size+int32(size), w.held+size
	if f.rows < w.want[key] {
		return nil
	}
	delete(w.open, key)
	w.held -= int(f.size)
	w.done[key] = true
	return w.variable(f)
}

// family is the key of the family that a row belongs to; zero when there is none.
func (w *wooRun) family(row row, kind wooKind) uint64 {
	names := []string{parentName(row)}
	if !kind.variation {
		names = callNames(row)
	}
	if len(names) > 0 {
		if key := w.parent[w.hash(names[0])]; key != 0 {
			return key
		}
	}
	switch {
	case w.pass > 1:
	case kind.variation:
		w.total.problem(row.problem("parent", fmt.Sprintf("%q is no variable product of this file", row.get("parent"))))
	default:
		w.total.problem(row.problem("sku", "is missing: a variable product needs an ID or SKU, by which its variations name it"))
	}
	return 0
}

// variable puts a complete family together.
func (w *wooRun) variable(f *family) error {
	if len(f.children) == 0 {
		w.total.problem(f.head.problem("type", "a variable product without variations cannot be sold"))
		return nil
	}
	i, ok := w.begin(f.head)
	if !ok {
		return nil
	}
	slices.SortStableFunc(f.children, func(a, b row) int { return position(a) - position(b) })
	names := optionNames(f)
	i.draft.Options = foldNames(names)
	for _, child := range f.children {
		if child.get("published") == "0" || child.get("published") == "-1" {
			i.partial = true // switched off for a while
			continue
		}
		w.variant(&i, child, f.head, names, kindOf(child))
	}
	if len(i.draft.Variants) == 0 && !i.partial {
		w.total.problem(f.head.problem("type", "none of its variations could be taken"))
	}
	return w.put(i)
}

// position is a variation's place; those without one stay in the file's order.
func position(r row) int {
	n, err := whole(r.get("position"), false)
	if err != nil || n < 0 || n > 1<<30 {
		return 0
	}
	return int(n)
}

// grouped products have no price and no stock: they become a collection of their members.
func (w *wooRun) grouped(row row) error {
	handle := catalog.Slug(row.get("name"))
	if handle == "" {
		w.total.problem(row.problem("name", "is missing"))
		return nil
	}
	if len(w.groups) >= maxGroups {
		w.total.problem(row.problem("type", fmt.Sprintf("more than %d grouped products in one file", maxGroups)))
		return nil
	}
	w.groups = append(w.groups, group{handle: handle, title: row.get("name"), body: wooText(row.get("description")), members: list(row.get("grouped products")), at: row.problem("grouped products", "")})
	return nil
}
