package atlas

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func at(latitude, longitude float64) Point {
	return Point{Latitude: int64(math.Round(latitude * 1e6)), Longitude: int64(math.Round(longitude * 1e6))}
}

var (
	yiwu, shanghai = at(29.3066, 120.0751), at(31.1443, 121.8083)
	leipzig        = at(51.4239, 12.2364)
	bristol        = at(51.4545, -2.5879)
	tokyo, angeles = at(35.6762, 139.6503), at(34.0522, -118.2437)
	auckland       = at(-36.8485, 174.7633)
)

func TestNothingToShow(t *testing.T) {
	t.Parallel()
	for name, places := range map[string][]Point{
		"none": nil, "one": {yiwu}, "the same twice": {yiwu, yiwu}, "a street further": {yiwu, at(29.31, 120.08)},
	} {
		if m, shown := Draw(places); shown {
			t.Errorf("%s: %+v is shown", name, m)
		}
	}
}

func TestProjection(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		place corner
		want  spot
	}{
		{corner{0, 0}, spot{0, 0}}, {corner{90, 0}, spot{90, 0}}, {corner{-180, 66.513260}, spot{-180, 90}},
		{corner{10, -66.513260}, spot{10, -90}},
	} {
		if got := plane(c.place); math.Abs(got.x-c.want.x) > 1e-3 || math.Abs(got.y-c.want.y) > 1e-3 {
			t.Errorf("%v is at %v, want %v", c.place, got, c.want)
		}
	}
	if pole := plane(corner{0, 90}); math.IsInf(pole.y, 0) || pole != plane(corner{0, 85}) {
		t.Errorf("the pole is at %v", pole)
	}
}

// TestEveryStopIsInView: whatever the way is, all of it is on the drawing, and nothing of the
// drawing is far outside.
func TestEveryStopIsInView(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		places := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Point {
			return Point{rapid.Int64Range(-55_000_000, 78_000_000).Draw(t, "latitude"), rapid.Int64Range(-180_000_000, 180_000_000).Draw(t, "longitude")}
		}), 2, 9).Draw(t, "places")
		m, shown := Draw(places)
		if !shown {
			return
		}
		for _, d := range m.Dots {
			if d.X < 0 || d.X > Width || d.Y < 0 || d.Y > Height {
				t.Fatalf("dot %+v is not on the map", d)
			}
		}
		if len(m.Land) > 40_000 {
			t.Fatalf("%d bytes of land", len(m.Land))
		}
		for _, c := range corners(t, m.Land) {
			if c[0] < -5 || c[0] > Width+5 || c[1] < -5 || c[1] > Height+5 {
				t.Fatalf("land at %v", c)
			}
		}
	})
}

func TestFitted(t *testing.T) {
	t.Parallel()
	m, _ := Draw([]Point{yiwu, shanghai, leipzig, bristol})
	first, last := m.Dots[0], m.Dots[len(m.Dots)-1]
	if len(m.Dots) != 4 || first.X < Width*3/4 || last.X > Width/4 {
		t.Errorf("from China to England: %+v", m.Dots)
	}
	if m.Land == "" || len(m.Land) > 14_000 {
		t.Errorf("%d bytes of land", len(m.Land))
	}
	near, _ := Draw([]Point{at(51.5, -0.12), at(51.4545, -2.5879)})
	if wide := near.Dots[0].X - near.Dots[1].X; wide < Width/5 || wide > Width {
		t.Errorf("London is %d right of Bristol", wide)
	}
}

// TestOverTheDateLine: the shorter way is drawn, in one piece, with land on both sides.
func TestOverTheDateLine(t *testing.T) {
	t.Parallel()
	for name, way := range map[string][]Point{"eastwards": {tokyo, angeles}, "and back": {angeles, tokyo}, "with a stop": {auckland, at(21.3, -157.8), angeles}} {
		m, _ := Draw(way)
		east := slices.MinFunc(m.Dots, func(a, b Dot) int { return b.X - a.X })
		if at := way[east.Stop]; at != angeles {
			t.Errorf("%s: %v is the rightmost: %+v", name, at, m.Dots)
		}
		left, right := 0, 0
		for _, c := range corners(t, m.Land) {
			if c[0] < Width/4 {
				left++
			}
			if c[0] > Width*3/4 {
				right++
			}
		}
		if left == 0 || right == 0 {
			t.Errorf("%s: %d corners of land on the left, %d on the right", name, left, right)
		}
	}
	// Three times round the world is still a map.
	if m, shown := Draw([]Point{at(0, 0), at(0, 120), at(0, -120), at(0, 0), at(0, 120), at(0, -120), at(5, 0)}); !shown || len(m.Dots) != 7 {
		t.Errorf("round the world: %v %+v", shown, m.Dots)
	}
}

// TestStopsAtOnePlace are one dot, which speaks of the last of them.
func TestStopsAtOnePlace(t *testing.T) {
	t.Parallel()
	m, _ := Draw([]Point{yiwu, yiwu, leipzig, bristol, at(51.46, -2.59), leipzig})
	var stops []int
	for _, d := range m.Dots {
		stops = append(stops, d.Stop)
	}
	if !slices.Equal(stops, []int{1, 2, 4, 5}) {
		t.Errorf("stops %v", stops)
	}
	if strings.Count(m.Way, "Q") != 3 || !strings.HasPrefix(m.Way, "M") {
		t.Errorf("way %q", m.Way)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	b := box{0, 0, 10, 10}
	got := b.cut([]spot{{-5, 5}, {5, 5}, {5, 15}, {-5, 15}})
	for _, c := range got {
		if c.x < 0 || c.x > 10 || c.y < 0 || c.y > 10 {
			t.Errorf("%v is outside", c)
		}
	}
	if len(got) != 4 {
		t.Errorf("corners %v", got)
	}
	if all := b.cut([]spot{{-5, -5}, {20, -5}, {20, 20}, {-5, 20}}); len(all) != 4 {
		t.Errorf("a ring around the box: %v", all)
	}
	if none := b.cut([]spot{{20, 20}, {30, 20}, {30, 30}}); len(none) != 0 {
		t.Errorf("a ring beside the box: %v", none)
	}
}

// TestTheFile says where it comes from, is small, and holds the lands that it should.
func TestTheFile(t *testing.T) {
	t.Parallel()
	if len(file) > 25_000 || !strings.HasPrefix(string(file), "Land of Natural Earth") {
		t.Errorf("%d bytes, beginning %.40q", len(file), file)
	}
	rings := land()
	if len(rings) < 300 {
		t.Fatalf("%d rings", len(rings))
	}
	for i, r := range rings { // a jump over the date line would be a stroke through the whole map
		for j, c := range r.corners {
			if next := r.corners[(j+1)%len(r.corners)]; math.Abs(next.x-c.x) > 45 {
				t.Errorf("ring %d leaps from %v to %v", i, c, next)
			}
		}
	}
	inside := func(c corner) bool {
		p, odd := plane(c), false
		for _, r := range rings {
			for i, a := range r.corners {
				b := r.corners[(i+1)%len(r.corners)]
				if (a.y > p.y) != (b.y > p.y) && p.x < (b.x-a.x)*(p.y-a.y)/(b.y-a.y)+a.x {
					odd = !odd
				}
			}
		}
		return odd
	}
	for name, want := range map[corner]bool{{10, 50}: true, {-0.5, 51.5}: true, {115, 30}: true, {138, 36}: true, {-100, 40}: true, {175.5, -38.5}: true,
		{-40, 30}: false, {51, 42}: false /* the Caspian Sea */, {5, 40}: false, {-160, 0}: false} {
		if inside(name) != want {
			t.Errorf("%v is land: %v", name, !want)
		}
	}
}

var numbers = regexp.MustCompile(`[MlLz]|-?\d+`)

// corners reads an outline back.
func corners(t interface{ Fatalf(string, ...any) }, d string) (list [][2]int) {
	var x, y int
	var pending []int
	first := false
	for _, word := range numbers.FindAllString(d, -1) {
		switch word {
		case "M":
			first = true
			continue
		case "l", "z":
			continue
		}
		n, err := strconv.Atoi(word)
		if err != nil {
			t.Fatalf("%q: %v", word, err)
		}
		if pending = append(pending, n); len(pending) < 2 {
			continue
		}
		if first {
			x, y, first = 0, 0, false
		}
		x, y = x+pending[0], y+pending[1]
		list, pending = append(list, [2]int{x, y}), nil
	}
	return list
}

func BenchmarkDraw(b *testing.B) {
	for b.Loop() {
		Draw([]Point{yiwu, shanghai, leipzig, bristol})
	}
}
