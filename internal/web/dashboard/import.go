package dashboard

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/importer"
	"doorstep/internal/inventory"
	"doorstep/internal/web/ui"
)

const (
	importUploadPath = "/products/import/upload"
	maxUpload        = 128 << 20 // bytes of a file
	lookRows         = 8         // of a file, shown before it is taken
	keepFile         = 2 * time.Hour
	keepFiles        = 20
)

// The states of a file on its way in.
const (
	fileChecking = "checking"
	fileChecked  = "checked"
	fileRunning  = "running"
	fileDone     = "done"
	fileFailed   = "failed"
)

// importRun is a file that somebody brought: looked at, tried, and taken in by a goroutine of
// this process. A restart forgets it; the same file again changes nothing twice.
type importRun struct {
	ID, Name, Path string
	Store          id.Store
	Look           importer.Look
	Options        importer.Options
	mu             sync.Mutex
	state          string
	progress       importer.Progress
	report         importer.Report
	bad            string
	at             time.Time
}

// importDesk keeps the runs of this process.
type importDesk struct {
	mu   sync.Mutex
	runs map[string]*importRun
}

func (i *importDesk) put(r *importRun) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.runs == nil {
		i.runs = map[string]*importRun{}
	}
	for name, old := range i.runs {
		if busy := old.now().Busy(); !busy && (time.Since(old.at) > keepFile || len(i.runs) >= keepFiles) {
			_ = os.RemoveAll(filepath.Dir(old.Path))
			delete(i.runs, name)
		}
	}
	i.runs[r.ID] = r
}

func (i *importDesk) get(s id.Store, name string) *importRun {
	i.mu.Lock()
	defer i.mu.Unlock()
	if r := i.runs[name]; r != nil && r.Store == s {
		return r
	}
	return nil
}

func (i *importDesk) forget(r *importRun) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.runs, r.ID)
	_ = os.RemoveAll(filepath.Dir(r.Path))
}

// fileView is a run as it stands at a moment.
type fileView struct {
	*importRun
	State    string
	Progress importer.Progress
	Report   importer.Report
	Bad      string
}

// Busy says whether it is being read.
func (r fileView) Busy() bool { return r.State == fileChecking || r.State == fileRunning }

// Percent is how far the file is read.
func (r fileView) Percent() int64 {
	if r.Progress.Total <= 0 {
		return 0
	}
	return min(100, 100*r.Progress.Done/r.Progress.Total)
}

func (r *importRun) now() fileView {
	r.mu.Lock()
	defer r.mu.Unlock()
	return fileView{importRun: r, State: r.state, Progress: r.progress, Report: r.report, Bad: r.bad}
}

// work reads the file in a goroutine, dry or in earnest.
func (d *Dashboard) work(r *importRun, dry bool) {
	r.mu.Lock()
	r.state, r.progress, r.bad = fileRunning, importer.Progress{}, ""
	if dry {
		r.state = fileChecking
	}
	r.mu.Unlock()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { // a process that ends lets go between two batches
		select {
		case <-d.live.closed:
		case <-done:
		}
		stop()
	}()
	go func() {
		defer close(done)
		o := r.Options
		o.DryRun = dry
		o.Progress = func(p importer.Progress) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.progress = p
		}
		take := importer.Products
		if r.Look.Kind == "offers" {
			take = importer.Offers
		}
		report, err := take(ctx, d.db, r.Store, []string{r.Path}, o)
		d.concludeRun(r, report, err, dry)
	}()
}

func (d *Dashboard) concludeRun(r *importRun, report importer.Report, err error, dry bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report, r.state = report, fileDone
	if dry {
		r.state = fileChecked
	}
	if err != nil {
		d.log.Warn("import ended early", "file", r.Name, "error", err)
		r.state, r.bad = fileFailed, sentence(strings.TrimPrefix(err.Error(), filepath.Base(r.Path)+": "))
	}
}

// importView is the page from which products come in.
type importView struct {
	Suppliers []inventory.Supplier
	Fed       []inventory.Supplier // those that can be asked for articles
	Sample    bool                 // the sample shop sells in the store's money
	Error     string
	First     bool // nothing is here yet
	Articles  string
	Supplier  id.Supplier
	Margin    string
}

func (d *Dashboard) importPage(v *visit) error { return d.showImport(v, importView{}) }

func (d *Dashboard) showImport(v *visit, p importView) error {
	if err := d.readImport(v, &p); err != nil {
		return err
	}
	at := frame{Title: "Bring products in", At: "products", Back: Prefix + "/products"}
	if p.Error != "" {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, importPageView(v, at, p))
}

func (d *Dashboard) readImport(v *visit, p *importView) error {
	p.Sample = v.settings.Currency == "EUR"
	if p.Margin == "" {
		p.Margin = "60"
	}
	return d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		p.Suppliers, err = inventory.Suppliers(ctx, tx, v.store)
		p.Fed = nil
		for _, s := range p.Suppliers {
			if s.ConnectorID != "" {
				p.Fed = append(p.Fed, s)
			}
		}
		return err
	})
}

// importUpload takes a file, looks at it and tries it.
func (d *Dashboard) importUpload(v *visit) error {
	// A large file may come slowly: the server's limit for reading a request is for forms.
	_ = http.NewResponseController(v.w).SetReadDeadline(time.Now().Add(10 * time.Minute))
	r, words, err := d.spool(v)
	if err != nil {
		return err
	}
	if words != "" {
		return d.showImport(v, importView{Error: words})
	}
	d.imports.put(r)
	d.work(r, true)
	return v.lead(Prefix + "/products/import/" + r.ID)
}

// spool writes the file that was sent into a folder of its own; words say why it cannot be taken.
func (d *Dashboard) spool(v *visit) (r *importRun, words string, err error) {
	if err := v.r.ParseMultipartForm(1 << 20); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return nil, fmt.Sprintf("The file is larger than %d MB. Bring it in parts, or by the command doorstep import.", maxUpload>>20), nil
		}
		return nil, "The file did not arrive whole. Please choose it again.", nil
	}
	defer func() { _ = v.r.MultipartForm.RemoveAll() }()
	in, header, err := v.r.FormFile("file")
	if err != nil {
		return nil, "Please choose a file.", nil //nolint:nilerr // it was not sent: that is what the words say
	}
	defer func() { _ = in.Close() }()
	if head := make([]byte, 4); header.Size >= 4 {
		if _, err := io.ReadFull(in, head); err == nil && bytes.HasPrefix(head, []byte("PK\x03\x04")) {
			return nil, "This is a spreadsheet. Save it as CSV first: File, Save as, CSV UTF-8.", nil
		}
		if _, err := in.Seek(0, io.SeekStart); err != nil {
			return nil, "", err
		}
	}
	dir, err := os.MkdirTemp("", "doorstep-import-")
	if err != nil {
		return nil, "", err
	}
	r = &importRun{ID: rand.Text(), Name: filepath.Base(header.Filename), Store: v.store, Path: filepath.Join(dir, "upload.csv"), at: time.Now(), state: fileChecking}
	if err := copyTo(r.Path, in); err != nil {
		return nil, "", errors.Join(err, os.RemoveAll(dir))
	}
	if r.Look, err = importer.LookAt(r.Path, lookRows); err != nil || r.Look.Kind == "" {
		_ = os.RemoveAll(dir)
		return nil, unknownFile(err, r.Look.Header), nil
	}
	percent, err := strconv.ParseInt(v.form("cost_percent"), 10, 16)
	if err != nil || percent < 0 || percent > 100 {
		percent = 0
	}
	r.Options = importer.Options{Supplier: v.form("supplier"), CostPercent: percent, CreateSuppliers: v.form("create") == "yes"}
	return r, "", nil
}

func unknownFile(err error, header []string) string {
	if err != nil {
		return "The file cannot be read as a table: " + strings.TrimPrefix(err.Error(), "upload.csv: ") + "."
	}
	return "Its columns are none that we know: " + strings.Join(header[:min(len(header), 6)], ", ") +
		". Shopify's begin with Handle and Title, WooCommerce's with Type and Name; a supplier's list needs sku and cost. Take the template below."
}

func copyTo(path string, in io.Reader) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

func (d *Dashboard) importRunPage(v *visit) error {
	r := d.imports.get(v.store, v.path("run"))
	if r == nil {
		v.tell(ui.Warn, "That file is not here any more. If Doorstep was started anew meanwhile, its import was interrupted: what was stored by then stays. Choose the same file again to go on; nothing is brought in twice.")
		return v.lead(Prefix + "/products/import")
	}
	run := r.now()
	at := frame{Title: run.Name, At: "products", Back: Prefix + "/products/import"}
	if run.Busy() {
		at.Refresh = 2
	}
	return d.show(v, at, importRunView(v, at, run))
}

func (d *Dashboard) importBegin(v *visit) error {
	r := d.imports.get(v.store, v.path("run"))
	if r == nil {
		return v.lead(Prefix + "/products/import/" + v.path("run"))
	}
	if r.now().State == fileChecked {
		d.work(r, false)
	}
	return v.lead(Prefix + "/products/import/" + r.ID)
}

func (d *Dashboard) importForget(v *visit) error {
	if r := d.imports.get(v.store, v.path("run")); r != nil && !r.now().Busy() {
		d.imports.forget(r)
	}
	return v.lead(Prefix + "/products/import")
}

// importSample brings the sample shop in.
func (d *Dashboard) importSample(v *visit) error {
	if v.settings.Currency != "EUR" {
		v.tell(ui.Bad, "The sample shop sells in euro, and this shop in "+string(v.settings.Currency)+".")
		return v.lead(Prefix + "/products/import")
	}
	report, err := importer.Sample(v.r.Context(), d.db, v.store)
	if err != nil {
		return err
	}
	if err := d.sampleWorld(v); err != nil {
		return err
	}
	v.tell(ui.Good, fmt.Sprintf("The sample shop is here: %s and three suppliers whom you order from by hand.", counted(int64(report.Created+report.Unchanged), "product")))
	return v.lead(localPath(v.form("back"), Prefix+"/products"))
}

// importTemplate is an empty table with two rows to go by.
func (d *Dashboard) importTemplate(v *visit) error {
	v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="products.csv"`)
	_, _ = io.WriteString(v.w, "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,"+
		"Variant Compare At Price,Variant Barcode,Image Src,Cost per item\r\n"+
		"stone-mug,Stone mug,<p>Holds 300 ml.</p>,Loam,Mugs,\"kitchen, gifts\",TRUE,Colour,Sand,MUG-SAND,40,24.00,,,https://example.com/mug-sand.jpg,9.50\r\n"+
		"stone-mug,,,,,,,,Slate,MUG-SLATE,25,24.00,29.00,,,9.50\r\n")
	return nil
}
