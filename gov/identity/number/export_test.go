package number

// Mod3736 lets the test work the check character out by hand.
var Mod3736 = mod37_36
