package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"tongban/gov/identity/number"
	"tongban/test/sim/town"
)

// stockType is the type of which the invented stock is: 健康证明.
const stockType = "114499019000000222103"

// What one row of the invented stock in so many is, besides the sound ones.
const (
	stockRepeated = 500 // the row before once more
	stockConflict = 900 // the number before with another trade
	stockBroken   = 700 // a day that is none
	stockKnown    = 20  // the holder is recorded here
	knownPeople   = 500
)

var (
	surnames = []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
	given    = []rune("安宁平和文明春夏秋冬梅兰竹菊山川江河云雨")
	trades   = []string{"餐饮", "幼教", "住宿", "美容美发", "游泳场馆", "供水"}
)

// stockName is an invented holder's name; every one says that it is invented.
func stockName(n int) string {
	return string(surnames[n%len(surnames)]) + "虚构" + string(given[n/len(surnames)%len(given)])
}

// writeStock writes n certificates that nobody ever had, the same for the same
// seed: what an office would export of ten years of its work.
func writeStock(out io.Writer, seed uint64, n int) error {
	w := bufio.NewWriterSize(out, 1<<20)
	r := rand.New(rand.NewPCG(seed, 36902))
	fmt.Fprintln(w, "证照编号,姓名,公民身份号码,性别,从业类别,体检机构,体检日期,颁发日期,有效期至")
	first := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	no, before := 0, ""
	for i := range n {
		who, examined, trade := i+knownPeople, first.AddDate(0, 0, r.IntN(300)), trades[r.IntN(len(trades))]
		if r.IntN(stockKnown) == 0 {
			who = r.IntN(knownPeople)
		}
		if i > 0 && r.IntN(stockRepeated) == 0 {
			fmt.Fprint(w, before)
			continue
		}
		day := examined.Format(time.DateOnly)
		switch {
		case i > 0 && r.IntN(stockConflict) == 0:
			trade = "其他" // under the number of the row before
		case r.IntN(stockBroken) == 0:
			no, day = i, "待补"
		default:
			no = i
		}
		before = fmt.Sprintf("示健〔2026〕%07d号,%s,%s,%s,%s,示例区虚构医院,%s,%s,%s\n", no, stockName(who), number.Fictional(town.District, who), []string{"男", "女"}[who%2], trade, day,
			examined.AddDate(0, 0, 2).Format(time.DateOnly), examined.AddDate(1, 0, 1).Format("2006年1月2日"))
		fmt.Fprint(w, before)
	}
	return w.Flush()
}
