@echo off
rem The last first-logon command: opens WinRM for the build. Until it is through, nothing answers on port 5985, so that
rem nobody connects half-way through Setup. The firewall opens last. The seal takes all of it back.
setlocal
set log=%SystemRoot%\Temp\guestprep-open-winrm.log
set tries=0

:again
set /a tries+=1
call :open >>"%log%" 2>&1
if not errorlevel 1 exit /b 0
if %tries% geq 30 exit /b 1
rem The network may not have come up yet. timeout.exe wants a console, so ping waits.
ping -n 11 127.0.0.1 >nul
goto again

:open
echo try %tries%
rem Remote logons of local administrators get their full rights.
reg add HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System /v LocalAccountTokenFilterPolicy /t REG_DWORD /d 1 /f || exit /b 1
sc config winrm start= auto || exit /b 1
rem It may run already. If it does not, the next command says so.
net start winrm
call winrm set winrm/config/service @{AllowUnencrypted="true"} || exit /b 1
call winrm set winrm/config/service/auth @{Basic="true"} || exit /b 1
rem The default of 150 MB is too little for installers.
call winrm set winrm/config/winrs @{MaxMemoryPerShellMB="1024"} || exit /b 1
call winrm delete winrm/config/listener?Address=*+Transport=HTTP >nul 2>&1
call winrm create winrm/config/listener?Address=*+Transport=HTTP || exit /b 1
netsh advfirewall firewall add rule name="guestprep WinRM" dir=in action=allow protocol=TCP localport=5985 profile=any || exit /b 1
exit /b 0
