// Package config is the one typed configuration, validated before anything
// starts.
//
// # Purpose
//
// Every setting has one name, spelled three ways: a flag (--log-level), an
// environment variable (TONGBAN_LOG_LEVEL) and a key of one JSON file
// ("log_level"). A flag beats the environment, the environment beats the file,
// the file beats the default.
//
// # How to use
//
//	cfg, err := config.Load(os.Args[2:], os.Environ())   // err lists everything that is wrong, in words
//	for _, l := range cfg.Explain() { … }                // doctor: value and where it came from
//
// The file is named by --config or TONGBAN_CONFIG; without them tongban.json in
// the data folder is read when it exists.
//
// # Guarantees
//
// Load reports all problems at once and names the setting, what was given and
// what is expected. Unknown settings are problems, not ignored. Explain never
// shows a password.
package config
