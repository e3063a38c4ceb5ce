package telemetry

import (
	"bytes"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
)

// runtimeValues are the values of the Go runtime under the names that dashboards
// know. Reading them stops nobody.
var runtimeValues = []struct {
	name, kind, help string
	of               []string // names of runtime/metrics that are added up
}{
	{"go_goroutines", kindGauge, "Goroutines.", []string{"/sched/goroutines:goroutines"}},
	{"go_memstats_alloc_bytes_total", kindCounter, "Bytes ever put on the heap.", []string{"/gc/heap/allocs:bytes"}},
	{"go_memstats_heap_alloc_bytes", kindGauge, "Bytes of the heap in use, with what is not collected yet.", []string{"/memory/classes/heap/objects:bytes"}},
	{"go_memstats_heap_inuse_bytes", kindGauge, "Bytes of the heap's pages in use.", []string{"/memory/classes/heap/objects:bytes", "/memory/classes/heap/unused:bytes"}},
	{"go_memstats_heap_idle_bytes", kindGauge, "Bytes of the heap's pages that nobody uses.", []string{"/memory/classes/heap/free:bytes", "/memory/classes/heap/released:bytes"}},
	{"go_memstats_heap_released_bytes", kindGauge, "Bytes of those that the machine has back.", []string{"/memory/classes/heap/released:bytes"}},
	{"go_memstats_next_gc_bytes", kindGauge, "Size of the heap at which it is collected next.", []string{"/gc/heap/goal:bytes"}},
	{"go_memstats_sys_bytes", kindGauge, "Bytes that the runtime has from the machine, with those it gave back.", []string{"/memory/classes/total:bytes"}},
}

func writeRuntime(p *page) {
	p.family("go_info", kindGauge, "Always one; the label names the version of Go.")
	p.value("go_info", 1, "version", runtime.Version())
	var gc debug.GCStats
	debug.ReadGCStats(&gc)
	p.family("go_gc_duration_seconds", kindSummary, "Pauses for collecting the heap.")
	p.value("go_gc_duration_seconds_sum", gc.PauseTotal.Seconds())
	p.value("go_gc_duration_seconds_count", float64(gc.NumGC))
	for _, v := range runtimeValues {
		sum := uint64(0)
		for _, name := range v.of {
			s := []metrics.Sample{{Name: name}}
			if metrics.Read(s); s[0].Value.Kind() == metrics.KindUint64 {
				sum += s[0].Value.Uint64()
			}
		}
		p.single(v.name, v.kind, v.help, float64(sum))
	}
}

// tick is the unit of times in /proc, in seconds; Linux shows it so on all
// machines.
const tick = 0.01

// writeProcess writes what the machine knows of the process: processor, memory,
// open files. Where there is no /proc nothing is written.
func writeProcess(p *page) {
	raw, err := os.ReadFile("/proc/self/stat")
	end := bytes.LastIndexByte(raw, ')') // the name before it may hold anything
	if err != nil || end < 0 {
		return
	}
	fields := strings.Fields(string(raw[end+1:])) // the first is the state, number 3 of proc(5)
	at := func(number int) float64 {
		if i := number - 3; i < len(fields) {
			v, _ := strconv.ParseFloat(fields[i], 64) // a number, as proc(5) promises
			return v
		}
		return 0
	}
	p.single("process_cpu_seconds_total", kindCounter, "Processor time of user and system, in seconds.", (at(14)+at(15))*tick)
	p.single("process_virtual_memory_bytes", kindGauge, "Addresses in use, in bytes.", at(23))
	p.single("process_resident_memory_bytes", kindGauge, "Memory held, in bytes.", at(24)*float64(os.Getpagesize()))
	if boot, ok := procNumber("/proc/stat", "btime"); ok {
		p.single("process_start_time_seconds", kindGauge, "When the process started, in seconds since 1970.", boot+at(22)*tick)
	}
	if files, err := os.ReadDir("/proc/self/fd"); err == nil {
		p.single("process_open_fds", kindGauge, "Files and connections open.", float64(len(files)-1)) // one is this look
	}
	if most, ok := procNumber("/proc/self/limits", "Max open files"); ok {
		p.single("process_max_fds", kindGauge, "Files and connections that may be open.", most)
	}
}

// procNumber finds the number behind a word that begins a line.
func procNumber(file, word string) (float64, bool) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, word); ok {
			if f := strings.Fields(rest); len(f) > 0 {
				v, err := strconv.ParseFloat(f[0], 64)
				return v, err == nil
			}
		}
	}
	return 0, false
}
