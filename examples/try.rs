use twiplomacy::{
    experiment::{replicates::*, summary::*},
    scenario,
    simulation::Simulation,
};
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let mut req = scenario::Request::new(scenario::Source::new(
        a[1].clone(),
        std::fs::read_to_string(format!("scenarios/{}.toml", a[1])).unwrap(),
    ));
    let n: u64 = a[2].parse().unwrap();
    for x in &a[3..] {
        if let Some(arm) = x.strip_prefix("arm=") {
            req.arm = Some(arm.into());
        } else {
            req.set.push(x.clone());
        }
    }
    let t = std::time::Instant::now();
    let s = match scenario::load(&req) {
        Ok(s) => s,
        Err(e) => {
            println!("{e}");
            return;
        }
    };
    println!("load {:?}", t.elapsed());
    let sim = Simulation::new(&s, 1).unwrap();
    println!(
        "build {:?} accounts {} edges {}",
        t.elapsed(),
        sim.setting().network.n_accounts(),
        sim.setting().network.n_edges()
    );
    let t = std::time::Instant::now();
    let out = replicates(&sim, 0..n, 2, &Silent, &Default::default()).unwrap();
    println!("run {:?} events/run {}", t.elapsed(), out.iter().map(|o| o.events).sum::<u64>() / n);
    if std::env::var("PLOTS").is_ok() {
        let t = std::time::Instant::now();
        let named = twiplomacy::simulation::named::Named::of(&s, sim.layout()).unwrap();
        let e = twiplomacy::report::bundle::Ensemble::of(&s, &sim, &named, &out);
        for f in e.files(twiplomacy::report::bundle::TableFormat::Both).unwrap() {
            let p = format!("/tmp/plots/{}/{}", a[1], f.path);
            std::fs::create_dir_all(std::path::Path::new(&p).parent().unwrap()).unwrap();
            std::fs::write(p, f.bytes).unwrap();
        }
        println!("bundle {:?}", t.elapsed());
    }
    let sum = Summary::of(sim.layout(), "x", 1, &out);
    let json = serde_json::Value::Null;
    let _ = json;
    for o in &sum.outcomes {
        println!("{o:?}");
    }
}
