"of tests";
