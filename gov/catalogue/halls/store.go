package halls

import (
	"context"
	"math"

	"tongban/platform/db"
)

// offered are the items of a division itself that take applications.
func offered(ctx context.Context, r db.Reader, region string, limit int) ([]string, error) {
	return db.All(ctx, r, db.Value[string], `SELECT code FROM catalogue_item WHERE region = $1 AND state = '' ORDER BY code LIMIT $2`, region, limit)
}

const placeColumns = `region, hall, address, system, latitude, longitude, wgs_latitude, wgs_longitude, source, placed_by, placed_name, placed_at`

func scanPlace(row db.Row) (p Spot, err error) {
	var at db.Time
	var lat, lon, wgsLat, wgsLon int64
	err = row.Scan(&p.Region, &p.Hall, &p.Address, &p.Given.System, &lat, &lon, &wgsLat, &wgsLon, &p.Source, &p.By, &p.ByName, &at)
	p.Given.Latitude, p.Given.Longitude = degrees(lat), degrees(lon)
	p.WGS, p.At = Position{degrees(wgsLat), degrees(wgsLon), WGS84}, at.Time
	return p, err
}

// finest is how many parts of a degree are kept: a ten-millionth is a centimetre.
// Because: whole numbers are the same on both engines.
const finest = 1e7

func degrees(parts int64) float64 { return float64(parts) / finest }

func parts(degrees float64) int64 { return int64(math.Round(degrees * finest)) }

// places are those of one division by hall.
func places(ctx context.Context, r db.Reader, region string) (map[string]Spot, error) {
	list, err := db.All(ctx, r, scanPlace, `SELECT `+placeColumns+` FROM catalogue_hall_place WHERE region = $1 ORDER BY hall LIMIT 10000`, region)
	out := map[string]Spot{}
	for _, p := range list {
		out[p.Hall] = p
	}
	return out, err
}

// allPlaces are those of every division: a few for each, so that sorting them is
// quicker than an index on the ground.
func allPlaces(ctx context.Context, r db.Reader) ([]Spot, error) {
	return db.All(ctx, r, scanPlace, `SELECT `+placeColumns+` FROM catalogue_hall_place ORDER BY region, hall LIMIT 100000`)
}

func save(tx *db.Tx, p Spot) {
	tx.Later(`INSERT INTO catalogue_hall_place (`+placeColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (region, hall) DO UPDATE SET address = excluded.address, system = excluded.system, latitude = excluded.latitude, longitude = excluded.longitude,
		wgs_latitude = excluded.wgs_latitude, wgs_longitude = excluded.wgs_longitude, source = excluded.source, placed_by = excluded.placed_by, placed_name = excluded.placed_name, placed_at = excluded.placed_at`,
		p.Region, p.Hall, p.Address, string(p.Given.System), parts(p.Given.Latitude), parts(p.Given.Longitude), parts(p.WGS.Latitude), parts(p.WGS.Longitude), p.Source, p.By, p.ByName, db.At(p.At))
}
