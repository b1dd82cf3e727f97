//! A region's own Regiograph stands where its database stood: what is asked of it is what a database is asked, and what
//! it shows is what its own policy shows that caller.

mod door;
