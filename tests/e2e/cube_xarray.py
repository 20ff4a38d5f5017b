#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Opens a cube with nothing of ours: xarray through h5netcdf and netcdf4, h5py, ncdump.

    python3 cube_xarray.py CUBE [--parameter NAME VALUE]

Needs xarray, h5netcdf, netCDF4, h5py; ncdump is tried where it is installed.
"""
import argparse
import shutil
import subprocess
import sys

import h5py
import numpy as np
import xarray as xr

DIMS = ("symbol", "window", "strategy", "classifier", "risk", "execution")
AXES = DIMS[2:]
MEANINGS = "not_computed ok no_trades bankrupt invalid"


def metrics(ds):
    return [n for n, v in ds.data_vars.items() if v.dims == DIMS and n != "status"]


def check_dimensions(ds):
    assert tuple(d for d in ds.sizes if d != "block") == DIMS, ds.sizes
    for axis in AXES:
        assert ds[axis].dtype == np.int32, (axis, ds[axis].dtype)
        assert (ds[axis].values == np.arange(ds.sizes[axis])).all()
        for suffix in ("name", "type"):
            assert f"{axis}_{suffix}" in ds.coords, f"{axis}_{suffix} is no coordinate"
            assert ds[f"{axis}_{suffix}"].dims == (axis,)
    assert ds.symbol.dtype.kind in "UOT" and ds.window.dtype.kind in "UOT"
    for border in ("window_start", "window_end"):
        assert ds[border].dtype == np.dtype("datetime64[ns]"), ds[border].dtype
    assert (ds.window_start.values <= ds.window_end.values).all()


def check_metrics(ds):
    assert metrics(ds)
    for name in metrics(ds):
        v = ds[name]
        assert v.dtype in (np.float64, np.float32), (name, v.dtype)
        assert v.attrs["long_name"] and "units" in v.attrs, name
        assert np.isnan(v.encoding["_FillValue"]), name
    for name in ("block_sum", "block_sum2", "block_n"):
        if name in ds:
            assert ds[name].dims == DIMS + ("block",)


def check_status(ds):
    status = ds.status
    assert status.dtype == np.uint8 and status.dims == DIMS
    assert "_FillValue" not in status.encoding and "_FillValue" not in status.attrs
    assert list(np.atleast_1d(status.attrs["flag_values"])) == [0, 1, 2, 3, 4]
    assert status.attrs["flag_meanings"] == MEANINGS
    assert int(status.max()) <= 4
    for name in metrics(ds):
        assert np.isnan(ds[name].where(status == 0)).all(), f"{name} of a cell not computed"


def parameters(ds):
    return [n for n in ds.coords if "__" in n]


def check_parameters(ds):
    for name in parameters(ds):
        p = ds[name]
        assert len(p.dims) == 1 and p.dims[0] in AXES, name
        assert "units" not in p.attrs, name
        assert p.dtype.kind in "fUOT", (name, p.dtype)


def check_texts(ds):
    for axis in AXES:
        for suffix in ("name", "type"):
            texts = ds[f"{axis}_{suffix}"].values
            assert all(isinstance(t, str) and t for t in texts.tolist())
        names = ds[f"{axis}_name"].values
        assert len(set(names.tolist())) == names.size, f"twofold names on the axis {axis}"


def check_selection(ds, parameter, value):
    """ds.sharpe.where(ds.momentum__lookback_period == 10, drop=True)"""
    axis = ds[parameter].dims[0]
    first = ds[metrics(ds)[0]]
    chosen = first.where(ds[parameter] == value, drop=True)
    count = int((ds[parameter] == value).sum())
    assert count > 0 and chosen.sizes[axis] == count, (parameter, value, count)
    where = np.flatnonzero(ds[parameter].values == value)
    np.testing.assert_array_equal(chosen.values, first.isel({axis: where}).values)


def check_unstack(ds):
    """A full grid of one type becomes one dimension per parameter."""
    done = 0
    for axis in AXES:
        for kind in sorted(set(ds[f"{axis}_type"].values.tolist())):
            part = ds.isel({axis: np.flatnonzero(ds[f"{axis}_type"].values == kind)})
            names = [n for n in parameters(ds) if ds[n].dims == (axis,) and n.startswith(f"{kind}__")
                     and not part[n].isnull().any() and "" not in part[n].values.tolist()]
            sizes = [len(np.unique(part[n].values)) for n in names]
            if len(names) < 2 or np.prod(sizes) != part.sizes[axis]:
                continue
            first = part[metrics(ds)[0]]
            grid = first.drop_vars(axis).set_index({axis: names}).unstack(axis)
            assert [grid.sizes[n] for n in names] == sizes
            one = {n: part[n].values[-1] for n in names}
            np.testing.assert_array_equal(grid.sel(one).values, first.isel({axis: -1}).values)
            done += 1
    return done


def check_groups(path, engine):
    with h5py.File(path, "r") as file:
        groups = [k for k, v in file.items() if isinstance(v, h5py.Group)]
        assert not set(groups) & {k for k, v in file.items() if isinstance(v, h5py.Dataset)}
    assert "provenance" in groups
    for group in groups:
        with xr.open_dataset(path, engine=engine, group=group) as ds:
            ds.load()
            if group in ("by_regime", "trade_list"):
                for name in ("symbol", "window", "combo"):
                    assert len(ds[name].dims) == 1
            if group in ("kept_equity", "signals", "regime_series"):
                assert ds.time.dtype == np.dtype("datetime64[ns]")
                ends = ds["offset"].values + ds["count"].values
                assert (ends <= ds.time.size).all() and ends[-1:] == ds.time.size
    return groups


def check_storage(path):
    """Chunks, filters, fill values, texts and format bounds as docs/CUBE.md says."""
    with open(path, "rb") as raw:
        assert raw.read(9)[8] in (2, 3), "superblock of another version"
    with h5py.File(path, "r") as file:
        tracked = h5py.h5p.CRT_ORDER_TRACKED
        root = h5py.h5g.open(file.id, b"/").get_create_plist()
        assert root.get_link_creation_order() & tracked
        for name, v in file.items():
            if not isinstance(v, h5py.Dataset):
                continue
            assert not v.id.get_create_plist().get_attr_creation_order() & tracked, name
            if v.dtype.kind == "O":
                text = h5py.check_string_dtype(v.dtype)
                assert (text.encoding, text.length) == ("utf-8", None), name
            if v.ndim >= len(DIMS):
                size = np.prod(v.chunks) * v.dtype.itemsize
                assert size <= 1 << 20 and (size >= 1 << 18 or v.chunks == v.shape), (name, size)
                assert v.shuffle and v.compression == "gzip", name
            if v.ndim == len(DIMS) and name != "status":
                fill = v.attrs["_FillValue"]
                assert np.isnan(v.fillvalue) and np.isnan(fill) and np.ndim(fill) == 0, name
                assert fill.dtype == v.dtype, name


def check_plain(path):
    with h5py.File(path, "r") as file:
        assert file.attrs["Conventions"].startswith("CF-")
        assert int(file.attrs["format_version"]) >= 1
        for name, v in file.items():
            if isinstance(v, h5py.Dataset):
                assert v.dtype.kind not in "bV", f"{name}: bool or compound"
                assert v.is_scale or all(len(d) == 1 for d in v.dims), f"{name} lacks dimensions"
        names = file["strategy_name"]
        assert names.asstr()[0] if names.ndim == 1 else names[0].tobytes().rstrip(b"\0")
    if shutil.which("ncdump"):
        text = subprocess.run(["ncdump", "-h", path], check=True, capture_output=True, text=True)
        assert "strategy_name" in text.stdout


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("cube")
    arguments.add_argument("--parameter", nargs=2, metavar=("NAME", "VALUE"))
    options = arguments.parse_args()
    check_plain(options.cube)
    check_storage(options.cube)
    seen = {}
    for engine in ("h5netcdf", "netcdf4"):
        with xr.open_dataset(options.cube, engine=engine) as ds:
            check_dimensions(ds)
            check_metrics(ds)
            check_status(ds)
            check_parameters(ds)
            check_texts(ds)
            if options.parameter:
                name, value = options.parameter
                check_selection(ds, name, float(value) if ds[name].dtype.kind == "f" else value)
            for name in parameters(ds):
                values = ds[name].values
                known = values[~np.isnan(values)] if values.dtype.kind == "f" else values
                if known.size:
                    check_selection(ds, name, known[0])
            grids = check_unstack(ds)
            seen[engine] = {n: ds[n].values for n in metrics(ds)}
        groups = check_groups(options.cube, engine)
    for name, values in seen["h5netcdf"].items():
        np.testing.assert_array_equal(values, seen["netcdf4"][name])
    print(f"ok: {len(seen['netcdf4'])} metrics, {grids} grids unstacked, groups {', '.join(groups)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
