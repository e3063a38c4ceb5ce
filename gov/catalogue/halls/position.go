package halls

import "math"

// System is a system of coordinates.
type System string

// The systems in which positions are given. Because: browsers and satellites tell
// WGS-84; maps that are published in China use GCJ-02, which lies some hundred
// metres off, so that a position without its system finds the wrong door.
const (
	WGS84 System = "wgs84"
	GCJ02 System = "gcj02"
)

// Systems lists them.
var Systems = []System{WGS84, GCJ02}

// Position is a place on the ground, in degrees.
type Position struct {
	Latitude, Longitude float64
	System              System
}

// Valid tells whether the degrees are a place: in WGS-84 anywhere, in GCJ-02 where that
// system is defined.
func (p Position) Valid() bool {
	if math.IsNaN(p.Latitude) || math.IsNaN(p.Longitude) || math.Abs(p.Latitude) > 90 || math.Abs(p.Longitude) > 180 {
		return false
	}
	switch p.System {
	case WGS84:
		return true
	case GCJ02:
		return inside(p.Latitude, p.Longitude)
	}
	return false
}

// inside is the rectangle in which GCJ-02 differs from WGS-84.
func inside(lat, lon float64) bool { return lat > 0.8 && lat < 55.9 && lon > 72 && lon < 137.9 }

// WGS is the same place in WGS-84, within some metres: the way from GCJ-02 back is
// found step by step, each an order of magnitude closer than the one before.
func (p Position) WGS() Position {
	if p.System != GCJ02 || !inside(p.Latitude, p.Longitude) {
		return Position{p.Latitude, p.Longitude, WGS84}
	}
	lat, lon := p.Latitude, p.Longitude
	for range 4 {
		dLat, dLon := shift(lat, lon)
		lat, lon = p.Latitude-dLat, p.Longitude-dLon
	}
	return Position{lat, lon, WGS84}
}

// The ellipsoid of Krasovsky, on which GCJ-02 is worked out: half its long axis in
// metres, and the square of its eccentricity.
const (
	axis   = 6378245.0
	eccent = 0.00669342162296594323
)

// shift is by how many degrees GCJ-02 lies off at a place of WGS-84.
func shift(lat, lon float64) (dLat, dLon float64) {
	x, y := lon-105, lat-35
	wave := func(v, a, b float64) float64 {
		return (20*math.Sin(6*math.Pi*v) + 20*math.Sin(2*math.Pi*v)) * a / b
	}
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) + wave(x, 2, 3) +
		(20*math.Sin(math.Pi*y)+40*math.Sin(math.Pi*y/3))*2/3 + (160*math.Sin(math.Pi*y/12)+320*math.Sin(math.Pi*y/30))*2/3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) + wave(x, 2, 3) +
		(20*math.Sin(math.Pi*x)+40*math.Sin(math.Pi*x/3))*2/3 + (150*math.Sin(math.Pi*x/12)+300*math.Sin(math.Pi*x/30))*2/3
	rad := lat * math.Pi / 180
	w := 1 - eccent*math.Sin(rad)*math.Sin(rad)
	return north * 180 / (axis * (1 - eccent) / (w * math.Sqrt(w)) * math.Pi), east * 180 / (axis / math.Sqrt(w) * math.Cos(rad) * math.Pi)
}

// Metres is how far two places lie apart, along the ground.
func Metres(a, b Position) float64 {
	a, b = a.WGS(), b.WGS()
	rad := func(d float64) float64 { return d * math.Pi / 180 }
	u, v := math.Sin(rad(b.Latitude-a.Latitude)/2), math.Sin(rad(b.Longitude-a.Longitude)/2)
	h := u*u + math.Cos(rad(a.Latitude))*math.Cos(rad(b.Latitude))*v*v
	return 2 * 6371008.8 * math.Asin(math.Min(1, math.Sqrt(h)))
}
