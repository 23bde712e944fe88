fn main() {
    let path = std::env::args().nth(1).unwrap();
    let t = std::time::Instant::now();
    match dify_contract::document::Bundle::read(&path) {
        Ok(b) => {
            println!("{:?}", t.elapsed());
            for p in std::env::args().skip(2) { let (f, q) = b.origin(&p); println!("{} {} {:?}", f.path, q, f.position(&q)); }
            println!("{:?}", t.elapsed());
        }
        Err(e) => for p in e { println!("error: {p}") },
    }
}
