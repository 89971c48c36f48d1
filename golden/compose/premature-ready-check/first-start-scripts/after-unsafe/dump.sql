create table cart ();
