@echo off
netsh advfirewall firewall add rule name="guestprep WinRM" dir=in action=allow protocol=TCP localport=5985 profile=any || exit /b 1
reg add HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System /v LocalAccountTokenFilterPolicy /t REG_DWORD /d 1 /f || exit /b 1
sc config winrm start= auto || exit /b 1
net start winrm || exit /b 1
call winrm set winrm/config/service @{AllowUnencrypted="true"} || exit /b 1
call winrm set winrm/config/service/auth @{Basic="true"} || exit /b 1
call winrm set winrm/config/winrs @{MaxMemoryPerShellMB="1024"} || exit /b 1
call winrm create winrm/config/listener?Address=*+Transport=HTTP || exit /b 1
