@echo off
setlocal DisableDelayedExpansion
rem Fetches the files that pull.txt lists, a line each: address, folder, file, with vertical bars between. Names are read
rem as data and used in quotes only, so nothing in them is code. Prints each file's digest as it is on the disk: the host
rem compares, and that alone decides whether a file has arrived.
for /f "usebackq tokens=1-3 delims=|" %%a in ("%~dp0pull.txt") do (
  if not exist "%%b" md "%%b"
  certutil -urlcache -split -f %%a "%%c"
  echo file %%a
  certutil -hashfile "%%c" SHA256
)
exit /b 0
