# SPDX-License-Identifier: Apache-2.0
"""admf itself: the program, as a user starts it."""
import json
import pathlib
import subprocess

import h5py

import works


class Admf:
    def __init__(self, build, folder):
        build = pathlib.Path(build).resolve()
        self.program, self.feature_column = build / "admf", build / "bench/feature_column"
        self.bench = build / "admf-bench"
        self.folder = folder
        if not all(path.exists() for path in (self.program, self.feature_column, self.bench)):
            raise SystemExit(f"peers: no admf, admf-bench and bench/feature_column in {build}")

    def call(self, *arguments):
        done = subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"peers: admf {arguments[0]} failed:\n{done.stderr}")
        return done.stdout

    def about(self):
        return json.loads(self.call("doctor", "--json"))

    def make_bars(self, work):
        """The file of bars of a work, made once."""
        path = self.folder / f"{work.series}_{work.bars}.h5"
        if not path.exists():
            # The file is of admf's making, for its attributes; what is in it is not.
            made = path.with_suffix(".made.h5")
            self.call("synth", "-o", made, "--bars", work.bars, "--force")
            with h5py.File(made, "r+") as file:
                for key, values in works.series(work.series, work.bars).items():
                    file[key][:] = values
            made.rename(path)
        return path

    def read_bars(self, path):
        with h5py.File(path) as file:
            return {key: file[key][:] for key in ("open", "high", "low", "close", "volume")}

    def run(self, work, bars, threads):
        """Seconds from bars in memory to the cube on disk, as the program itself reports them."""
        config, cube = self.folder / f"{work.name}.yaml", self.folder / f"{work.name}.h5"
        config.write_text(work.configuration.replace("{bars}", str(bars)))
        phase = json.loads(self.call("run", config, "-o", cube, "--force", "--json",
                                     "--threads", threads, "--analytics", "off"))["phases"][0]
        return {"seconds": phase["seconds"], "memory": phase["peak_memory"], "cube": cube}

    def results(self, work, cube):
        """Of every cell: what is compared with the peers."""
        names = ("final_equity", "trades", "max_drawdown", "orders")
        with h5py.File(cube) as file:
            keys = zip(*(file[name][:].tolist() for name in work.parameters))
            rows = zip(*(file[name][:].ravel().tolist() for name in names))
            return {key: dict(zip(names, row)) for key, row in zip(keys, rows)}
