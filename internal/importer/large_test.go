package importer_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"doorstep/internal/importer"
)

// write makes a file by a function that prints its lines.
func write(t testing.TB, name string, print func(w *bufio.Writer)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	print(w)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// shopifyRows prints products of ten rows each.
func shopifyRows(n int) func(w *bufio.Writer) {
	return func(w *bufio.Writer) {
		fmt.Fprintln(w, "Handle,Title,Body (HTML),Vendor,Tags,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Inventory Qty,Variant Price,Image Src,Cost per item")
		for row := range n {
			p, v := row/10, row%10
			if v == 0 {
				fmt.Fprintf(w, "product-%d,Product %d,\"<p>A body with a <b>few</b> words\nand a line end</p>\",Vendor,\"a, b\",Size,S%d,Colour,C%d,SKU-%d,5,19.99,https://img.example/%d.jpg,7.50\n", p, p, v%5, v/5, row, p)
				continue
			}
			fmt.Fprintf(w, "product-%d,,,,,,S%d,,C%d,SKU-%d,5,19.99,,7.50\n", p, v%5, v/5, row)
		}
	}
}

// heap runs fn and gives by how much the live heap was larger at most, looking at progress.
func heap(t testing.TB, path string, o importer.Options) (r importer.Report, grown int64, took time.Duration) {
	t.Helper()
	d := lite(t, "EUR")
	var now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&now)
	before, calls := int64(now.HeapAlloc), 0
	last := importer.Progress{}
	o.Progress = func(p importer.Progress) {
		if p.Done < last.Done || p.Rows < last.Rows || p.Done > p.Total {
			t.Errorf("progress went from %+v to %+v", last, p)
		}
		last = p
		if calls++; calls%4 != 0 {
			return
		}
		runtime.GC()
		runtime.ReadMemStats(&now)
		grown = max(grown, int64(now.HeapAlloc)-before)
	}
	start := time.Now()
	r = products(t, d, o, path)
	if took = time.Since(start); last.Done != last.Total || last.Rows != r.Rows {
		t.Errorf("the last progress was %+v of %d rows", last, r.Rows)
	}
	return r, grown, took
}

// TestHundredThousandRows in memory that does not depend on how many there are. It is not
// parallel: it looks at the heap of the whole process.
func TestHundredThousandRows(t *testing.T) {
	const rows = 100_000
	path := write(t, "large.csv", shopifyRows(rows))
	r, grown, took := heap(t, path, importer.Options{Supplier: "Acme"})
	t.Logf("%d rows in %s, heap %.1f MB more", rows, took.Round(time.Millisecond), float64(grown)/(1<<20))
	if r.Rows != rows || r.Created != rows/10 || r.Variants != rows || r.Offers != rows || r.ProblemsTotal != 0 {
		t.Errorf("%+v", r)
	}
	if grown > 24<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
}

// TestScatteredFamilies: variations may stand anywhere, and what must wait for them waits
// in bounded memory, over as many passes as it takes.
func TestScatteredFamilies(t *testing.T) {
	const families, filler = 4_000, 6_000
	text := fmt.Sprintf("%0*d", filler, 0)
	path := write(t, "scattered.csv", func(w *bufio.Writer) {
		fmt.Fprintln(w, "ID,Type,SKU,Name,Description,Regular price,Stock,Parent,Attribute 1 name,Attribute 1 value(s)")
		for i := range families {
			fmt.Fprintf(w, ",variation,V%d-S,,,5.50,3,P%d,Size,S\n", i, i)
		}
		for i := range families {
			fmt.Fprintf(w, "%d,variable,P%d,Product %d,%s,,,,Size,\"S, M\"\n", i, i, i, text)
		}
		for i := range families {
			fmt.Fprintf(w, ",variation,V%d-M,,,6.50,4,id:%d,Size,M\n", i, i)
		}
	})
	r, grown, took := heap(t, path, importer.Options{})
	t.Logf("%d families in %s, heap %.1f MB more", families, took.Round(time.Millisecond), float64(grown)/(1<<20))
	if r.Created != families || r.Variants != 2*families || r.Rows != 3*families || r.ProblemsTotal != 0 {
		t.Errorf("%+v", r)
	}
	if grown > 64<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
}
